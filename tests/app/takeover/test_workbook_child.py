"""What the child process makes of the cells of a workbook."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

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
