#!/usr/bin/env python3
"""What a user does first, by way of the assistive technologies' interface: opens a folder, filters runs, hides one, smooths.

Runs itself again under a display and a session bus of its own.
Usage: test-click-through.py TFVIEW TFV
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

PATIENCE_S = 40
TITLES = ("opens-a-folder", "filters-runs", "hides-a-run", "smooths", "shows-a-menu-of-the-page")


def skip_all(reason):
    print(f"1..0 # SKIP {reason}")
    return 0


def has_accessibility_bus():
    folders = (*os.environ.get("XDG_DATA_DIRS", "").split(":"), "/usr/local/share", "/usr/share")
    return any(pathlib.Path(folder, "dbus-1/services/org.a11y.Bus.service").exists() for folder in folders if folder)


def run_under_display():
    if not has_accessibility_bus():
        return skip_all("there is no accessibility bus")
    for program in ("xvfb-run", "dbus-run-session"):
        if shutil.which(program) is None:
            return skip_all(f"{program} is not there")
    with tempfile.TemporaryDirectory() as runtime:
        environment = {**os.environ, "XDG_RUNTIME_DIR": runtime, "TFV_CLICK_THROUGH": "inside"}
        for name in ("DBUS_SESSION_BUS_ADDRESS", "G_DEBUG"):
            environment.pop(name, None)
        command = ["xvfb-run", "-a", "-s", "-screen 0 1280x900x24 -nolisten tcp", "dbus-run-session", "--", sys.executable, *sys.argv]
        inside = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=False)
    # The buses' daemons talk too.
    print("".join(line for line in inside.stdout.splitlines(keepends=True) if line.startswith(("1..", "ok ", "not ok ", "#"))), end="")
    return inside.returncode


def write_logs(tfv, folder):
    """Three runs of one curve."""
    rows = [f"{run},loss,{step},{1.6e9 + step},{n * 0.5 ** (step / 20)}" for n, run in enumerate(("alpha", "beta", "gamma"), 1) for step in range(100)]
    table = folder / "curves.csv"
    table.write_text("run,tag,step,wall_time,value\n" + "\n".join(rows) + "\n", encoding="utf-8")
    subprocess.run([tfv, "import", f"--out={folder / 'logs'}", str(table)], check=True, stdout=subprocess.DEVNULL)
    return folder / "logs"


class Screen:
    """The program as a screen reader sees it."""

    def __init__(self, atspi, node_is_gone):
        self.atspi = atspi
        self.node_is_gone = node_is_gone

    def children(self, node):
        return [child for child in (node.get_child_at_index(i) for i in range(node.get_child_count())) if child is not None]

    def walk(self, node):
        yield node
        for child in self.children(node):
            yield from self.walk(child)

    def find_all(self, role, name=None):
        desktop = self.atspi.get_desktop(0)
        # What was asked for while the program started would stay as it was then.
        desktop.clear_cache()
        for application in self.children(desktop):
            if application.get_name() == "tfview":
                yield from (n for n in self.walk(application) if n.get_role_name() == role and name in (None, n.get_name()))

    def wait(self, what):
        """What @what gives once that is something; widgets come and go while they are looked at."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            try:
                found = what()
                if found:
                    return found
            except self.node_is_gone:
                pass
            time.sleep(0.1)
        return None

    def get(self, role, name=None):
        found = self.wait(lambda: next(self.find_all(role, name), None))
        if found is None:
            raise LookupError(f"there is no {role} {name or ''}")
        return found

    def describes(self, chart, present, absent):
        image = next(self.find_all("image", chart), None)
        description = image.get_description() if image is not None else ""
        return all(f"{run}: " in description for run in present) and not any(f"{run}: " in description for run in absent)

    def chart_shows(self, present, absent=()):
        return self.wait(lambda: self.describes("loss", present, absent)) is not None


def main():
    tfview, tfv = sys.argv[1:3]
    if os.environ.get("TFV_CLICK_THROUGH") != "inside":
        return run_under_display()
    try:
        import gi

        gi.require_version("Atspi", "2.0")
        from gi.repository import Atspi, GLib
    except (ImportError, ValueError):
        return skip_all("Atspi for Python is not there")
    environment = {**os.environ, "GTK_A11Y": "atspi", "GDK_BACKEND": "x11"}
    # The bus is there before the program looks for it.
    Atspi.get_desktop(0).get_child_count()
    with tempfile.TemporaryDirectory() as scratch:
        logs = write_logs(tfv, pathlib.Path(scratch))
        window = subprocess.Popen([tfview, str(logs)], env=environment)
        try:
            return click_through(Screen(Atspi, GLib.Error))
        finally:
            window.terminate()
            window.wait()


def click_through(screen):
    results = steps(screen)
    failed = 0
    print(f"1..{len(TITLES)}")
    for number, title in enumerate(TITLES, 1):
        try:
            passed, complaint = next(results), ""
        except (LookupError, StopIteration) as error:
            passed, complaint = False, str(error)
        failed += not passed
        print(f"{'ok' if passed else 'not ok'} {number} /viewer/click-through/{title}", flush=True)
        if complaint:
            print(f"# {complaint}", flush=True)
    return failed > 0


def click(screen, role, name):
    """With the pointer: GTK gives check boxes no action."""
    box = screen.get(role, name).get_component_iface().get_extents(screen.atspi.CoordType.WINDOW)
    screen.atspi.generate_mouse_event(box.x + box.width // 2, box.y + box.height // 2, "b1c")


def is_checked(screen, name):
    return screen.get("check box", name).get_state_set().contains(screen.atspi.StateType.CHECKED)


def steps(screen):
    yield screen.chart_shows(("alpha", "beta", "gamma"))

    screen.get("entry", "Filter runs by a regular expression").set_text_contents("^(alpha|beta)$")
    yield screen.chart_shows(("alpha", "beta"), ("gamma",))

    click(screen, "check box", "alpha")
    yield screen.chart_shows(("beta",), ("alpha", "gamma")) and not is_checked(screen, "alpha") and is_checked(screen, "beta")

    screen.get("slider", "Smoothing").set_current_value(0.9)
    yield screen.wait(lambda: abs(screen.get("spin button", "Smoothing").get_current_value() - 0.9) < 1e-9) is not None

    menu = screen.wait(lambda: [n for n in screen.find_all("push button", "More settings of charts") if n.get_n_actions() > 0])
    menu[0].do_action(0)
    yield screen.wait(lambda: next(screen.find_all("menu item", "Show Superseded Points"), None)) is not None


if __name__ == "__main__":
    sys.exit(main())
