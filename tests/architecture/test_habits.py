"""Habits that hold in every file, each written once here so that no review has to remember it."""

from __future__ import annotations

import ast
import re

import pytest

from tests.architecture.source import (
    ROOMS,
    ROOT,
    attribute_calls,
    files,
    imported_modules,
    name_of,
    python_files,
    tree_of,
)

LONGEST_FILE = 400
# A longer file is asking to be two. Whoever adds one here says why it is one thing.
LONG_FOR_A_REASON = {
    "rota/scheduling/roster.py": "one value: its parts, and the indexes by which rules and engine look things up in it",
}

# Who reads the clock: the edges. Everybody else is told the time, so that a test can be at any moment.
READS_THE_CLOCK = re.compile(
    r"(^|/)(views|today|admin|jobs|tasks|commands?|cli|demo\w*|doctor|worker|sending|request_session)(/|\.py$|_)"
)

# Written so that this file does not find itself.
UNFINISHED = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|NotImplemented" r"Error)\b")


def test_no_file_has_grown_into_two() -> None:
    lengths = {
        name_of(path): len(path.read_text(encoding="utf-8").splitlines())
        for path in (*python_files(*ROOMS, "tests", "benchmarks"), ROOT / "wsgi.py")
    }
    too_long = {name for name, length in lengths.items() if length > LONGEST_FILE}
    assert too_long == set(LONG_FOR_A_REASON)


def test_nothing_is_left_unfinished() -> None:
    sources = [*python_files(*ROOMS, "tests", "benchmarks"), *files("templates", ".html")]
    sources += [
        *files("app/static/src", ".scss"),
        *files("app/static/src", ".js"),
        ROOT / "run",
        ROOT / "wsgi.py",
    ]
    left = [
        f"{name_of(path)}:{number}"
        for path in sources
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if UNFINISHED.search(line)
    ]
    assert left == []


def test_only_the_clock_module_asks_the_machine_for_the_time() -> None:
    asking = [
        f"{name_of(path)}:{line} {whose}.{name}()"
        for path in python_files(*ROOMS)
        if name_of(path) != "app/clock.py"
        for name in ("now", "utcnow", "today")
        for whose, line in attribute_calls(path, name)
        if whose.split(".")[-1] in ("datetime", "date")
    ]
    assert asking == []


def test_only_the_edges_read_the_clock() -> None:
    reading = [
        f"{name_of(path)}:{line}"
        for path in python_files(*ROOMS)
        for whose, line in attribute_calls(path, "now")
        if whose == "clock" and not READS_THE_CLOCK.search(name_of(path))
    ]
    assert reading == []


def test_only_writing_commits() -> None:
    committing = [
        f"{name_of(path)}:{line}"
        for path in python_files(*ROOMS)
        for whose, line in attribute_calls(path, "commit")
        if name_of(path) != "app/db.py" and "session" in whose
    ]
    assert committing == []


def test_no_import_hides_inside_a_function_of_ours() -> None:
    """A late import of our own code is an import circle in disguise; one of a heavy library is fine."""
    hidden = [
        f"{name_of(path)}:{node.lineno}"
        for path in python_files(*ROOMS)
        for function in ast.walk(tree_of(path))
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] in ROOMS
    ]
    assert hidden == []


@pytest.mark.parametrize("name", ["utils", "helpers", "manager", "common", "misc"])
def test_no_file_has_a_name_that_says_nothing(name: str) -> None:
    assert [
        name_of(path) for path in python_files(*ROOMS, "tests") if path.stem == name or path.parent.name == name
    ] == []


def test_no_test_waits_or_skips() -> None:
    """A sleep is a guess about another machine; a skipped test is no test."""
    guessing = [
        f"{name_of(path)}:{line} {whose}.{name}()"
        for path in python_files("tests")
        for name in ("sleep", "skip", "xfail", "skipif", "importorskip")
        for whose, line in attribute_calls(path, name)
        if whose in ("time", "pytest", "pytest.mark")
    ]
    assert guessing == []


def test_tests_put_nothing_in_the_place_of_our_own_code() -> None:
    mocking = [
        f"{name_of(path)}:{line}"
        for path in python_files("tests")
        for module, line in imported_modules(path)
        if module == "unittest.mock" or module == "mock"
    ]
    assert mocking == []
