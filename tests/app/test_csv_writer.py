"""Tables as CSV: read by spreadsheet programs as they were meant, and never calculated."""

from __future__ import annotations

import csv

import pytest

from app import csv_writer

FORMULAS = ("=1+1", "+44 7700", "-1", "@SUM(A1)", "\tx", "\rx", "\n=1", "＝1+1", "＋1", "－1", "＠A1")


@pytest.mark.parametrize("cell", FORMULAS)
def test_no_cell_is_a_formula(cell: str) -> None:
    text = csv_writer.written([["key", cell]]).decode("utf-8-sig")
    assert list(csv.reader(text.splitlines(keepends=True))) == [["key", f"'{cell}"]]


def test_accents_commas_and_quotes_come_back_as_they_were() -> None:
    row = ["Łukasz", 'a, "b"', ""]
    raw = csv_writer.written([row])
    assert raw.startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(raw.decode("utf-8-sig").splitlines())) == [row]
