#!/usr/bin/env python3
"""Each package uses only those above it: in what it includes, in what it links, in what it was linked with."""

import pathlib
import re
import shutil
import subprocess
import sys

import tree

USES = {
    "summaries": {"summaries"},
    "profiler": {"profiler", "summaries"},
    "engine": {"engine", "profiler", "summaries"},
    "viewer/plot": {"viewer/plot", "profiler", "summaries"},
    "viewer": {"viewer", "viewer/plot", "profiler", "summaries"},
    "cli": {"cli", "viewer/plot", "profiler", "summaries"},
    "examples": {"examples", "engine", "summaries"},
    "bench": {"bench", "viewer", "viewer/plot", "engine", "profiler", "summaries"},
    "tsan": set(),
    "fuzz": {"fuzz", "engine", "profiler", "summaries"},
}
# A test uses what its package uses, and tests/plot is the test of viewer/plot.
TESTED = {"plot": "viewer/plot"}
# The chart widget is tried beside the core that draws it.
TESTS_ALSO_USE = {"tests/plot": {"viewer"}}
# Headers of others that only these packages, and their tests, may include.
FOREIGN = {
    r"^(gtk|gdk|gsk)/|^adwaita\.h": {"viewer", "bench"},
    r"^hdf5": {"summaries"},
    r"^cblas|^openblas": {"engine"},
    r"^json-glib/": {"summaries", "profiler", "viewer", "viewer/plot", "cli", "engine"},
    r"^(cairo|pango)": {"viewer/plot", "viewer", "cli", "examples"},
}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)
# What a meson.build calls the parts of a package.
PART = re.compile(r"\b(summaries|profiler|engine|plot|viewer|cli|examples)_(?:dep|static_dep|lib|static|inc)\b")
# The dynamic dependencies that a built thing must not have.
NOT_NEEDED = {
    "summaries/libtfv-summaries-1.so": r"tfv-(profiler|engine)|gtk|adwaita|openblas",
    "profiler/libtfv-profiler-1.so": r"tfv-engine|gtk|adwaita|openblas|libcu(pti|da)",
    "engine/libtfv-engine-1.so": r"gtk|adwaita|libcuda|libcudnn",
    "viewer/tfview": r"tfv-engine|openblas",
    "cli/tfv": r"tfv-engine|openblas|gtk|adwaita",
}


def base(package):
    """The package whose rules hold for a file of `package`."""
    if package.startswith("tests/"):
        package = package.partition("/")[2]
        return TESTED.get(package, package)
    return package


def includes():
    """(file, its package, < or ", header) of every include; tests may name what lies beside them by its bare name."""
    for name in tree.files(".c", ".h"):
        package = tree.package(name)
        for kind, header in INCLUDE.findall(tree.text(name)):
            beside = pathlib.PurePath(name).with_name(header) if "/" not in header else None
            if not (package.startswith("tests/") and beside and (tree.ROOT / beside).exists()):
                yield name, package, kind, header


def allowed_to(package):
    """What a package, or a test of one, may use; None where there is no rule for it."""
    allowed = USES.get(base(package))
    return allowed and allowed | TESTS_ALSO_USE.get(package, set())


def wrong_edges():
    for name, package, kind, header in includes():
        allowed = allowed_to(package)
        if kind == '"' and header != "config.h" and allowed is not None and base(tree.package(header)) not in allowed:
            yield f"{name} includes {header}: {package} may use {', '.join(sorted(allowed))}"


def private_includes():
    for name, package, kind, header in includes():
        # Tests make their fixtures with whatever the layers below them have; that they are below is seen to above.
        if kind == '"' and header.endswith("-private.h") and not package.startswith("tests/") and tree.package(header) != package:
            yield f"{name} includes {header}, which is private to its package"


def foreign_includes():
    for name, package, _, header in includes():
        for pattern, packages in FOREIGN.items():
            if re.search(pattern, header) and base(package) in USES and not packages & {base(package), *TESTS_ALSO_USE.get(package, ())}:
                yield f"{name} includes <{header}>: only {', '.join(sorted(packages))} may"


def wrong_meson_edges():
    for name in tree.files("meson.build"):
        package = tree.package(name)
        allowed = allowed_to(package)
        if allowed is None:
            continue
        for part in sorted(set(PART.findall(tree.text(name)))):
            if TESTED.get(part, part) not in allowed:
                yield f"{name} names {part}_…: {package} may use {', '.join(sorted(allowed))}"


def needed(path):
    readelf = subprocess.run(["readelf", "-d", path], capture_output=True, text=True, check=True)
    return re.findall(r"\(NEEDED\).*\[(.*)\]", readelf.stdout)


def wrong_needs():
    for product, pattern in NOT_NEEDED.items():
        if (tree.BUILD / product).exists():
            for library in needed(tree.BUILD / product):
                if re.search(pattern, library):
                    yield f"{product} is linked with {library}"


def folders_without_rules():
    packages = {tree.package(name) for name in tree.files(".c", ".h")}
    return [f"{package}: no rule says what it may use" for package in sorted(packages) if base(package) not in USES and package != "tests/tree"]


def main():
    tap = tree.Tap()
    tap.check("/tree/layers/every-folder-has-a-rule", folders_without_rules())
    tap.check("/tree/layers/includes-only-what-stands-above", wrong_edges())
    tap.check("/tree/layers/keeps-private-headers-private", private_includes())
    tap.check("/tree/layers/keeps-foreign-libraries-where-they-belong", foreign_includes())
    tap.check("/tree/layers/meson-links-only-what-stands-above", wrong_meson_edges())
    if shutil.which("readelf") and pathlib.Path(tree.BUILD).exists():
        tap.check("/tree/layers/products-need-only-what-stands-above", wrong_needs())
    else:
        tap.skip("/tree/layers/products-need-only-what-stands-above", "no readelf")
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
