#!/usr/bin/env python3
"""Files and functions stay small enough to read in one go."""

import sys

import tree

MOST_LINES_IN_A_FILE = 1000
MOST_LINES_IN_A_FUNCTION = 120
LINES_OF_NEARLY_ALL_FUNCTIONS = 80
FORBIDDEN_NAMES = ("utils", "util", "common", "misc", "helpers")


def functions(name):
    """(line, length) of each function's body: in our style only those have both braces alone in the first column."""
    start = 0
    for number, line in enumerate(tree.text(name).splitlines(), 1):
        if line == "{":
            start = number
        elif line.startswith("}") and start:
            if line == "}":
                yield start, number - start - 1
            start = 0


def long_files():
    for name in tree.files(".c", ".h", ".py", ".ui", ".css"):
        n = tree.text(name).count("\n")
        if n > MOST_LINES_IN_A_FILE:
            yield f"{name}: {n} lines, more than {MOST_LINES_IN_A_FILE}"


def vague_names():
    for name in tree.files(".c", ".h", ".py"):
        words = name.rsplit("/", 1)[-1].rsplit(".", 1)[0].split("-")
        if any(word in FORBIDDEN_NAMES for word in words):
            yield f"{name}: a name that says nothing draws everything in"


def main():
    tap = tree.Tap()
    tap.check("/tree/budgets/no-file-is-too-long", long_files())
    tap.check("/tree/budgets/no-file-has-a-vague-name", vague_names())
    all_functions = [(length, f"{name}:{line}: {length} lines") for name in tree.files(".c") for line, length in functions(name)]
    tap.check("/tree/budgets/no-function-is-too-long", (where for length, where in all_functions if length > MOST_LINES_IN_A_FUNCTION))
    long = sorted((where for length, where in all_functions if length > LINES_OF_NEARLY_ALL_FUNCTIONS))
    tap.check(f"/tree/budgets/99-of-100-functions-fit-in-{LINES_OF_NEARLY_ALL_FUNCTIONS}-lines", long if len(long) * 100 > len(all_functions) else [])
    print(f"# {len(all_functions)} functions, {len(long)} of them over {LINES_OF_NEARLY_ALL_FUNCTIONS} lines")
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
