"""The guide's examples run as written, in a process that loads neither the web nor the database."""

from __future__ import annotations

import re
import subprocess
import sys

from tests.architecture.source import ROOT

GUIDE = (ROOT / "docs" / "guides" / "engine.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)
LOADED = "import sys; print([name for name in ('flask', 'sqlalchemy') if name in sys.modules])"


def printed(source: str) -> list[str]:
    ran = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True, cwd=ROOT)
    return ran.stdout.splitlines()


def test_the_example_runs_as_written_and_prints_what_the_guide_says() -> None:
    [promised] = re.findall(r"It prints `(.*?)`", GUIDE)
    assert printed(EXAMPLES[0] + LOADED) == [promised, "[]"]


def test_the_example_fills_both_seats_once_ages_are_known() -> None:
    born = "from datetime import date\n" + EXAMPLES[0].replace("}, week)", "}, week, born_on=date(1990, 6, 1))")
    assert printed(born) == ["2 of 2 seats filled, proved: True"]


def test_the_empty_seat_is_explained_as_in_the_guide() -> None:
    assert printed("".join(EXAMPLES))[1:] == ["Nobody under 18 works at night."]


def test_the_example_is_about_ten_lines_long() -> None:
    assert len([text for text in EXAMPLES[0].splitlines() if text and "import" not in text]) <= 10
