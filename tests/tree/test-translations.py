#!/usr/bin/env python3
"""Every file with something to translate is listed, and each language in LINGUAS is whole."""

import re
import shutil
import subprocess
import sys
import tempfile

import tree

CALL = re.compile(r"(?<![\w])(?:_|N_|C_|ngettext|g_dngettext)\s*\(\s*\"")
CUT = re.compile(r"(?<![\w])(?:_|N_)\s*\(\s*\"[^\"]*\"\s*(?!PRI)[A-Z]\w*")
TRANSLATABLE = re.compile(r"translatable=\"(?:yes|true)\"")
# What msgfmt extracts from these stands outside any call.
ALWAYS = (".desktop.in", ".desktop.in.in", ".metainfo.xml.in", ".metainfo.xml.in.in", ".gschema.xml")


def listed(name):
    path = tree.ROOT / "po" / name
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def with_strings():
    for name in tree.files(".c", ".h", ".ui", *ALWAYS):
        if name.startswith("tests/"):
            continue
        content = tree.text(name)
        if name.endswith((".ui", ".gschema.xml")):
            if TRANSLATABLE.search(content) or "<summary>" in content:
                yield name
        elif name.endswith(ALWAYS) or CALL.search(content):
            yield name


def potfiles_complaints():
    wanted, have = set(with_strings()), listed("POTFILES")
    skipped = set(listed("POTFILES.skip"))
    yield from (f"{name} is not in po/POTFILES" for name in sorted(wanted - set(have) - skipped))
    yield from (f"po/POTFILES lists {name}, which is not there" for name in have if not (tree.ROOT / name).exists())
    yield from (f"po/POTFILES lists {name} twice" for name in sorted({n for n in have if have.count(n) > 1}))


def cut_strings():
    """A macro in the middle of a string is invisible to xgettext, so its catalogue has half of the string."""
    for name in tree.files(".c"):
        for match in CUT.finditer(tree.text(name)):
            yield f"{name}: {match.group(0)}… is cut short by a macro"


def gettext(*command):
    return subprocess.run(command, cwd=tree.ROOT, capture_output=True, text=True, check=True, env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"})


def incomplete(language, scratch):
    """What of the strings that the sources have now the language lacks."""
    template, merged = f"{scratch}/tfview.pot", f"{scratch}/{language}.po"
    gettext("xgettext", "--from-code=UTF-8", "--add-comments", "--keyword=_", "--keyword=N_", "--keyword=C_:1c,2",
            "--keyword=g_dngettext:2,3", "--files-from=po/POTFILES", "--output", template)
    gettext("msgmerge", "--quiet", "--no-fuzzy-matching", "--output-file", merged, f"po/{language}.po", template)
    gettext("msgfmt", "--check", "--output-file=/dev/null", merged)
    for what, flag in (("untranslated", "--untranslated"), ("fuzzy", "--only-fuzzy")):
        found = gettext("msgattrib", flag, "--no-obsolete", "--no-wrap", merged).stdout
        for message in re.findall(r"^msgid \"(.+)\"$", found, re.M):
            yield f"{language}.po: {what}: {message}"


def main():
    tap = tree.Tap()
    tap.check("/tree/translations/every-file-with-strings-is-listed", potfiles_complaints())
    tap.check("/tree/translations/no-string-is-cut-by-a-macro", cut_strings())
    for language in listed("LINGUAS"):
        title = f"/tree/translations/{language}-is-whole"
        if not shutil.which("msgmerge"):
            tap.skip(title, "no gettext")
            continue
        with tempfile.TemporaryDirectory() as scratch:
            tap.check(title, incomplete(language, scratch))
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
