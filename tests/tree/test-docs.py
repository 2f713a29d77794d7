#!/usr/bin/env python3
"""Every public function is documented: each argument by name, and what it returns."""

import re
import sys

import tree

PUBLIC = re.compile(r"^TFV_PUBLIC\s+(?!G_DECLARE)([^;]*?)\b(tfv_\w+)\s*\(([^;]*?)\)(?:\s*G_GNUC_\w+(?:\s*\([^)]*\))?)*\s*;", re.M)
BLOCK = re.compile(r"/\*\*\n(.*?)\*/", re.S)
LINK = re.compile(r"\[[^\]]*\]\(([^)#]+?)(?:#[^)]*)?\)")


def argument_names(arguments):
    """The names in a list of arguments, those of function pointers too."""
    depth, pieces = 0, [""]
    for character in arguments:
        depth += (character == "(") - (character == ")")
        if character == "," and depth == 0:
            pieces.append("")
        else:
            pieces[-1] += character
    for piece in pieces:
        pointer = re.search(r"\(\s*\*\s*(\w+)\s*\)", piece)
        words = re.findall(r"\w+", re.sub(r"\[.*", "", piece))
        if pointer:
            yield pointer.group(1)
        elif len(words) > 1:
            yield words[-1]


def public_functions():
    """(file, name, returns something, argument names) of each public function."""
    for name in tree.files(".h"):
        for returns, function, arguments in PUBLIC.findall(tree.text(name)):
            if function.endswith(("_get_type", "_quark")):
                continue
            yield name, function, returns.strip() not in ("void", ""), list(argument_names(arguments))


def documentation():
    """The text of each doc comment, by the symbol it is about."""
    found = {}
    for name in tree.files(".c", ".h"):
        for block in BLOCK.findall(tree.text(name)):
            lines = [re.sub(r"^ \* ?", "", line) for line in block.splitlines()]
            symbol = lines[0].partition(":")[0].strip()
            found[symbol] = "\n".join(lines[1:])
    return found


def undocumented(docs):
    return (f"{name}: {function} has no doc comment" for name, function, _, _ in public_functions() if function not in docs)


def unexplained(docs):
    for name, function, returns, arguments in public_functions():
        block = docs.get(function)
        if block is None:
            continue
        for argument in arguments:
            # GObject's own habit: the error and the instance need no words beyond their names, but they are named.
            if argument != "error" and not re.search(rf"^@{argument}:", block, re.M):
                yield f"{name}: {function} says nothing about @{argument}"
        if returns and not re.search(r"^Returns:", block, re.M):
            yield f"{name}: {function} does not say what it returns"


def dead_links():
    for name in tree.files(".md"):
        for target in LINK.findall(tree.text(name)):
            if "://" not in target and not target.startswith("mailto:"):
                if not ((tree.ROOT / name).parent / target).exists():
                    yield f"{name}: links to {target}, which is not there"


def packages_without_design():
    return (f"{package}/ has no DESIGN.md" for package in ("summaries", "profiler", "engine", "viewer", "cli") if not (tree.ROOT / package / "DESIGN.md").exists())


def main():
    docs = documentation()
    tap = tree.Tap()
    tap.check("/tree/docs/every-public-function-has-a-comment", undocumented(docs))
    tap.check("/tree/docs/every-argument-and-result-is-explained", unexplained(docs))
    tap.check("/tree/docs/every-link-leads-somewhere", dead_links())
    tap.check("/tree/docs/every-package-has-a-design", packages_without_design())
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
