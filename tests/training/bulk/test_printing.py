"""The ZIP of many certificates: names that every file system takes, an index, and nothing lost without a word."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from tests.times import NOW
from tests.training.test_certificate_pdf import FACTS
from training.bulk import printing

UNPRINTABLE = "Wren x\u0489"


def prepared(path: Path, *names: str) -> dict[str, Any]:
    certificates = [
        {"id": place, "code": f"{place:026d}", "print": printing.as_json(replace(FACTS, printed_name=name))}
        for place, name in enumerate(names)
    ]
    return {"path": str(path), "made_at": NOW.isoformat(), "certificates": certificates}


def index_of(packed: zipfile.ZipFile) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(packed.read("index.csv").decode("utf-8-sig"))))


def test_the_file_holds_each_certificate_and_an_index_that_says_what_is_missing(tmp_path: Path) -> None:
    path, reports = tmp_path / "made", list[dict[str, Any]]()
    given = prepared(path, "Łukasz Żółć", "=1+1", UNPRINTABLE, "Łukasz Żółć")
    made = printing.print_all(given, reports.append, lambda: False)
    assert (made["printed"], made["not_reached"]) == (3, 0)
    assert made["left_out"] == [[2, "x\u0489"]]
    assert reports[-1] == {"words": "Printing certificates", "done": 3, "of": 4}
    with zipfile.ZipFile(path) as packed:
        rows = index_of(packed)
        assert [row["File"] for row in rows if row["File"]] == packed.namelist()[:-1]
        # The codes of this test begin alike, so the second of one name has its whole code.
        assert rows[0]["File"] == "Łukasz Żółć 00000000.pdf"
        assert rows[3]["File"] == f"Łukasz Żółć {3:026d}.pdf"
        assert rows[1]["Name"] == "'=1+1"
        assert rows[2]["File"] == ""
        assert rows[2]["Note"] == "Cannot be printed yet: x\u0489"
        assert packed.testzip() is None
        with pikepdf.open(io.BytesIO(packed.read(rows[0]["File"]))) as pdf, pdf.open_metadata() as about:
            assert (about["pdfaid:part"], list(pdf.attachments)) == ("3", ["credential.json"])


def test_one_that_is_stopped_keeps_what_was_printed_and_says_what_was_not(tmp_path: Path) -> None:
    path, answers = tmp_path / "made", iter([False, True, True])
    made = printing.print_all(prepared(path, "Ada", "Moss", "Wren"), lambda _: None, lambda: next(answers))
    assert (made["printed"], made["not_reached"]) == (1, 2)
    with zipfile.ZipFile(path) as packed:
        assert [row["Note"] for row in index_of(packed)] == ["", *["Not printed: it was stopped before"] * 2]


def test_where_nothing_can_be_printed_no_file_stays(tmp_path: Path) -> None:
    path = tmp_path / "made"
    made = printing.print_all(prepared(path, UNPRINTABLE), lambda _: None, lambda: False)
    assert "sha256" not in made
    assert not path.exists()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("../../etc/passwd", "etc-passwd"),
        ("a\\b:c*d?e", "a-b-c-d-e"),
        ("Wren\u202eOkafor\n", "WrenOkafor"),
        (". .hidden. ", "hidden"),
        ("...", "certificate"),
        ("=1+1", "1+1"),
        ("Zoe\u0301", "Zoé"),
        ("علی‌رضا", "علی‌رضا"),
        ("李" * 120, "李" * 33),
    ],
)
def test_a_name_becomes_one_that_every_file_system_takes(name: str, expected: str) -> None:
    assert printing.safe_for_files(name) == expected


def test_names_that_a_file_system_takes_for_one_get_their_whole_code() -> None:
    taken = {"index.csv"}
    first, second = (
        printing.file_name(replace(FACTS, printed_name=name), f"AAAAAAAA{code}", taken)
        for name, code in (("Wren", "1"), ("WREN", "2"))
    )
    assert (first, second) == ("Wren AAAAAAAA.pdf", "WREN AAAAAAAA2.pdf")
