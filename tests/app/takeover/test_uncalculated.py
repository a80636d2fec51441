"""Cells that hold an error, or a formula that no program has calculated."""

from __future__ import annotations

import io
import zipfile

from app.takeover import uncalculated, workbook
from tests.app.takeover import spreadsheets

GRID: spreadsheets.Grid = [["Name", "DBS date", "Level"], ["Plover", "#REF!", "=A1&B1"], ["Alder", "#1 of all", "V"]]


def test_an_error_and_a_formula_without_a_value_are_not_read_as_nothing() -> None:
    [sheet] = workbook.read(spreadsheets.xlsx({"Team": GRID}), "team.xlsx").sheets
    assert [row.cells for row in sheet.rows[1:]] == [("Plover", "#REF!", "=A1&B1"), ("Alder", "#1 of all", "V")]


def test_they_are_looked_for_in_the_sheet_at_that_place() -> None:
    package = zipfile.ZipFile(io.BytesIO(spreadsheets.xlsx({"Notes": [["x"]], "Team": GRID})))
    assert uncalculated.cells(package, 0) == uncalculated.cells(package, 2) == {}
    assert uncalculated.cells(package, 1) == {1: {1: "#REF!", 2: "=A1&B1"}}
