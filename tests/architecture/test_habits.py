"""Conventions that every file keeps, checked here so that no review has to remember them.

How many parameters a function may have and how complex it may be is set in pyproject.toml and checked by ruff.
"""

from __future__ import annotations

import ast
import re
from collections import Counter

import pytest

from tests.architecture.source import (
    PACKAGES,
    ROOT,
    attribute_calls,
    files,
    functions,
    imported_modules,
    name_of,
    python_files,
    tree_of,
)

LONGEST_FILE = 400
# A longer file should be split; one that is listed here has a reason to be one file.
LONG_FILES: dict[str, str] = {}

LONGEST_FUNCTION = 60
# Longer functions should be split; one that is listed here has a reason to be one function.
LONG_FUNCTIONS: dict[str, str] = {}

# The modules that read the clock: views, jobs and commands. All others get `now` as an argument, so that a test can
# choose it.
READS_THE_CLOCK = re.compile(
    r"(^|/)(views|today|admin|jobs|tasks|commands?|cli|demo\w*|doctor|worker|sending|request_session)(/|\.py$|_)"
)

# In pieces, so that this file does not match itself.
UNFINISHED = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|NotImplemented" r"Error)\b")


def test_no_file_is_too_long() -> None:
    lengths = {
        name_of(path): len(path.read_text(encoding="utf-8").splitlines())
        for path in (*python_files(*PACKAGES, "tests", "benchmarks"), ROOT / "wsgi.py")
    }
    too_long = {name for name, length in lengths.items() if length > LONGEST_FILE}
    assert too_long == set(LONG_FILES)


def test_nothing_is_left_unfinished() -> None:
    sources = [*python_files(*PACKAGES, "tests", "benchmarks"), *files("templates", ".html")]
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


def test_no_function_is_too_long() -> None:
    too_long = {
        f"{name_of(path)} {function.name}"
        for path in (*python_files(*PACKAGES, "tests", "benchmarks"), ROOT / "wsgi.py")
        for function in functions(path)
        if (function.end_lineno or 0) - function.lineno >= LONGEST_FUNCTION
    }
    assert too_long == set(LONG_FUNCTIONS)


# Which check is silenced, then why.
REASON = re.compile(r"#\s*(noqa: [A-Z]+\d+(, [A-Z]+\d+)*|type: ignore\[[a-z-]+\]\s*#)\s+\S")
SILENCED = re.compile(r"#\s*(no" r"qa|type: ig" r"nore)\b")


def test_a_silenced_check_has_a_reason() -> None:
    bare = [
        f"{name_of(path)}:{number}"
        for path in (*python_files(*PACKAGES, "tests", "benchmarks", "migrations"), ROOT / "wsgi.py")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if SILENCED.search(line) and not REASON.search(line)
    ]
    assert bare == []


def test_only_the_clock_module_reads_the_system_time() -> None:
    asking = [
        f"{name_of(path)}:{line} {whose}.{name}()"
        for path in python_files(*PACKAGES)
        if name_of(path) != "app/clock.py"
        for name in ("now", "utcnow", "today")
        for whose, line in attribute_calls(path, name)
        if whose.split(".")[-1] in ("datetime", "date")
    ]
    assert asking == []


def test_only_the_edges_read_the_clock() -> None:
    reading = [
        f"{name_of(path)}:{line}"
        for path in python_files(*PACKAGES)
        for whose, line in attribute_calls(path, "now")
        if whose == "clock" and not READS_THE_CLOCK.search(name_of(path))
    ]
    assert reading == []


LOCK = re.compile(r"with_for_update\b(?P<arguments>[^)]*)")


def test_every_lock_of_a_row_lets_others_refer_to_the_row() -> None:
    """FOR UPDATE would hold up every e-mail, version and audit line about a person, and end in deadlocks."""
    too_strong = [
        f"{name_of(path)}: {lock[0]}"
        for path in python_files(*PACKAGES)
        for lock in LOCK.finditer(path.read_text(encoding="utf-8"))
        if "key_share" not in lock["arguments"]
    ]
    assert too_strong == []


def test_only_the_writing_block_commits() -> None:
    committing = [
        f"{name_of(path)}:{line}"
        for path in python_files(*PACKAGES)
        for whose, line in attribute_calls(path, "commit")
        if name_of(path) != "app/db.py" and "session" in whose
    ]
    assert committing == []


def test_no_function_imports_our_own_modules() -> None:
    """A late import of our own code hides an import cycle; one of a slow library is fine."""
    hidden = [
        f"{name_of(path)}:{node.lineno}"
        for path in python_files(*PACKAGES)
        for function in ast.walk(tree_of(path))
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] in PACKAGES
    ]
    assert hidden == []


@pytest.mark.parametrize("name", ["utils", "helpers", "manager", "common", "misc"])
def test_no_file_has_a_meaningless_name(name: str) -> None:
    assert [
        name_of(path) for path in python_files(*PACKAGES, "tests") if path.stem == name or path.parent.name == name
    ] == []


def test_no_test_waits_or_skips() -> None:
    """A sleep is a guess about the speed of another machine; a skipped test checks nothing."""
    guessing = [
        f"{name_of(path)}:{line} {whose}.{name}()"
        for path in python_files("tests")
        for name in ("sleep", "skip", "xfail", "skipif", "importorskip")
        for whose, line in attribute_calls(path, name)
        if whose in ("time", "pytest", "pytest.mark")
    ]
    assert guessing == []


def test_browser_tests_wait_for_the_page_that_a_click_loads() -> None:
    """A bare click returns at once: what is read next may be the old page, or half of the new one."""
    bare = [
        f"{name_of(path)}:{line} {whose}.click()"
        for path in python_files("tests")
        for whose, line in attribute_calls(path, "click")
        if name_of(path) != "tests/journeys/browser.py"
    ]
    assert bare == []


def test_tests_mock_nothing() -> None:
    mocking = [
        f"{name_of(path)}:{line}"
        for path in python_files("tests")
        for module, line in imported_modules(path)
        if module == "unittest.mock" or module == "mock"
    ]
    assert mocking == []


def test_every_advisory_lock_has_a_number_of_its_own() -> None:
    numbers = Counter(
        number
        for path in python_files("app", "progression", "training", "rota", "migrations")
        for number in re.findall(r"^[A-Z_]+ = (7_061_746_\d+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    )
    assert len(numbers) >= 5
    assert [number for number, times in numbers.items() if times > 1] == []


def test_no_field_writes_an_attribute_twice() -> None:
    """The field library writes these two itself: a second one is left out by browsers, so they go into `params`."""
    found = [
        f"{name_of(path)}: {keyword.lineno}"
        for path in python_files(*PACKAGES)
        for keyword in ast.walk(tree_of(path))
        if isinstance(keyword, ast.keyword) and keyword.arg == "render_kw" and isinstance(keyword.value, ast.Dict)
        for key in keyword.value.keys
        if isinstance(key, ast.Constant) and key.value in ("class", "rows")
    ]
    assert found == []
