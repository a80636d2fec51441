"""What `./run test` does with tests that fail: its own function, on small tests of this file’s making."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.source import ROOT

BY_CHANCE = """
from pathlib import Path

def test_that_fails_the_first_time():
    tried = Path("tried")
    was_tried = tried.exists()
    tried.touch()
    assert was_tried
"""
ALWAYS = "def test_that_fails():\n    assert False\n"
MANY = "import pytest\n@pytest.mark.parametrize('number', range(4))\n" + ALWAYS.replace("()", "(number)")


def run_every_test(folder: Path, tests: str) -> subprocess.CompletedProcess[str]:
    """Run the function of the script in a folder with these tests and the project’s settings for pytest."""
    script = (ROOT / "run").read_text()
    settings, rest = script.split("run_checks() {")
    function = "run_every_test() {" + rest.split("run_every_test() {")[1].split("\n}\n")[0] + "\n}\n"
    needed = [
        line for line in settings.splitlines() if line.startswith(("say()", "FAILED_TESTS=", "MOST_TRIED_AGAIN="))
    ]
    (folder / "tests").mkdir()
    (folder / "tests/test_small.py").write_text(tests)
    shutil.copy(ROOT / "pyproject.toml", folder)
    command = "\n".join(["set -eu", f"VENV={sys.prefix}", *needed, function, "run_every_test || exit 1"])
    return subprocess.run(["/bin/sh", "-c", command], cwd=folder, capture_output=True, text=True, check=False)


def test_a_test_that_fails_by_chance_is_tried_once_more_and_named(tmp_path: Path) -> None:
    ended = run_every_test(tmp_path, BY_CHANCE)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "Passed only when tried once more" in ended.stdout
    assert ended.stdout.endswith("    tests/test_small.py::test_that_fails_the_first_time\n")


@pytest.mark.parametrize(("tests", "is_tried_again"), [(ALWAYS, True), (MANY, False)], ids=["always", "many"])
def test_a_test_that_fails_again_or_many_that_fail_are_a_failure(
    tmp_path: Path, tests: str, *, is_tried_again: bool
) -> None:
    ended = run_every_test(tmp_path, tests)
    assert ended.returncode == 1
    assert ("Once more, alone" in ended.stdout) == is_tried_again
