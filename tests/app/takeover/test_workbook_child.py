"""What the child process makes of the cells of a workbook."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from datetime import date, datetime, time, timedelta

import pytest

from app.settings import ROOT
from app.takeover.bounds import CHILD_MEMORY, CHILD_PROCESSOR_SECONDS
from app.takeover.workbook_child import Cell, as_text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (447700900123.0, "447700900123"),
        (12.0, "12"),
        (2.5, "2.5"),
        (0.1 + 0.2, "0.3"),
        (-3, "-3"),
        (True, "yes"),
        (False, "no"),
        (date(2025, 6, 3), "2025-06-03"),
        (datetime(2025, 6, 3), "2025-06-03"),  # noqa: DTZ001  as the library gives it, without a zone
        (datetime(2025, 6, 3, 19, 30), "2025-06-03 19:30"),  # noqa: DTZ001  likewise
        (time(19, 30), "19:30"),
        (timedelta(hours=26, minutes=30), "26:30"),
        ("  Zoë\r\nMaria ", "Zoë\nMaria"),
        ("Zo\0", "Zo\ufffd"),
        ("", ""),
    ],
)
def test_a_cell_is_text_as_people_read_it(value: Cell, text: str) -> None:
    assert as_text(value) == text


LIMITS = (resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_FSIZE, resource.RLIMIT_CORE)
LIMITED = f"""
import json, resource
from app.takeover.workbook_child import limit
limit()
print(json.dumps([resource.getrlimit(each) for each in {LIMITS}]))
bytearray({CHILD_MEMORY})
"""


def test_the_process_limits_itself_for_good() -> None:
    child = subprocess.run([sys.executable, "-c", LIMITED], capture_output=True, cwd=ROOT, check=False)
    most = [CHILD_MEMORY, CHILD_PROCESSOR_SECONDS, 0, 0]
    assert json.loads(child.stdout) == [[each, each] for each in most]
    assert b"MemoryError" in child.stderr
