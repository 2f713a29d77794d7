#!/usr/bin/env python3
"""What is installed is enough: README's programs compile, run and are read back with the installed files alone."""

import os
import pathlib
import re
import subprocess
import sys
import tempfile

import tree

PREFIX = "/usr/local"
SYSTEM_PYTHON = "/usr/bin/python3"  # the one that has gi
LAST_POINT = re.compile(r"^[^,]*,loss,999,[^,]*,0\.001$", re.M)


def run(command, **options):
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


def said(process):
    return [f"exit status {process.returncode}", *(process.stdout + process.stderr).splitlines()[-8:]] if process.returncode else []


def program(language):
    """README's program in that language; its pieces belong together."""
    section = re.search(r"^## Log from your own program\n(.*?)^## ", tree.text("README.md"), re.M | re.S).group(1)
    return "".join(re.findall(rf"^```{language}\n(.*?)^```", section, re.M | re.S))


class Stage:
    """An installation in a folder of its own, and the environment that finds it."""

    def __init__(self, folder):
        self.root = pathlib.Path(folder)
        self.prefix = self.root / PREFIX.lstrip("/")
        self.work = self.root / "work"
        self.work.mkdir()
        self.installed = run(["meson", "install", "-C", str(tree.BUILD), "--no-rebuild", "--quiet", "--destdir", folder])
        configs = list(self.prefix.glob("lib/**/pkgconfig"))
        for file in (file for config in configs for file in config.glob("*.pc")):
            file.write_text(file.read_text(encoding="utf-8").replace(f"prefix={PREFIX}\n", f"prefix={self.prefix}\n"), encoding="utf-8")
        libraries = ":".join(sorted({str(file.parent) for file in self.prefix.glob("lib/**/*.so*")}))
        typelibs = ":".join(str(folder) for folder in self.prefix.glob("lib/**/girepository-1.0"))
        modules = ":".join(str(folder.parent) for folder in self.prefix.glob("lib/python3*/**/tfview"))
        self.env = {**os.environ, "PYTHONPATH": modules, "PKG_CONFIG_PATH": ":".join(map(str, configs)), "LD_LIBRARY_PATH": libraries, "GI_TYPELIB_PATH": typelibs}

    def run(self, command):
        return run(command, cwd=self.work, env=self.env)

    def missing_point(self, run_name):
        """Complains unless the installed tfv prints the last point of that run."""
        dump = self.run([str(self.prefix / "bin" / "tfv"), "dump", "--kind=scalar", f"--run={run_name}", "logs"])
        return said(dump) or ([] if LAST_POINT.search(dump.stdout) else ["the last point is not there", *dump.stdout.splitlines()[-3:]])


def compile_and_run(stage):
    (stage.work / "log.c").write_text(program("c"), encoding="utf-8")
    flags = stage.run(["pkg-config", "--cflags", "--libs", "tfv-summaries-1"])
    if flags.returncode:
        return said(flags)
    built = stage.run(["cc", "-Wall", "-Werror", "log.c", "-o", "log", *flags.stdout.split()])
    return said(built) or said(stage.run(["./log"])) or stage.missing_point("from-c")


def run_python(stage):
    return said(stage.run([SYSTEM_PYTHON, "-c", program("python")])) or stage.missing_point("from-python")


def without_run_path(stage):
    """Installed programs find their libraries without ldconfig, wherever they were installed."""
    for program_path in [stage.prefix / "bin" / "tfv", *stage.prefix.glob("libexec/**/tfv-writer")]:
        dynamic = run(["readelf", "-d", str(program_path)]).stdout
        if not re.search(rf"R(UN)?PATH.*\[{PREFIX}/lib", dynamic):
            yield f"{program_path.name} does not say where its libraries are"


def main():
    tap = tree.Tap()
    with tempfile.TemporaryDirectory(prefix="tfv-install-") as folder:
        stage = Stage(folder)
        tap.check("/tree/install/installs-into-a-folder", said(stage.installed))
        tap.check("/tree/install/programs-find-their-libraries", list(without_run_path(stage)))
        tap.check("/tree/install/the-program-in-c-compiles-and-logs", compile_and_run(stage))
        title = "/tree/install/the-program-in-python-logs-and-reads"
        if run([SYSTEM_PYTHON, "-c", "import gi"]).returncode:
            tap.skip(title, "no python3-gi")
        else:
            tap.check(title, run_python(stage))
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
