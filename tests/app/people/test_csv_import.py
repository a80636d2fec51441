"""Importing people from a file: every fault reported with its place, and all people imported or none."""

from __future__ import annotations

import hashlib
import io
import re
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from app import db
from app.cli import import_people
from app.people import csv_import
from app.people.models import Person, Role
from tests.app.people.test_sheet import WAYS, as_file
from tests.app.test_typed_text import ANY_TEXT
from tests.conftest import People, SignIn
from tests.times import NOW, TODAY

HEADER = "display_name,email,legal_name,born_on,phone,roles,zone\n"
GOOD = HEADER + "Wren,wren@example.org,Wendy Renner,1999-04-01,,lead;assessor,Europe/Lisbon\nRobin,r@example.org,,,,,\n"


def faults(text: str | bytes) -> list[tuple[int, str]]:
    raw = text.encode() if isinstance(text, str) else text
    return [(fault.line, fault.column) for fault in csv_import.read(raw, today=TODAY).faults]


@pytest.mark.both_databases
def test_a_good_file_gives_everybody_an_account_with_their_roles(people: People) -> None:
    with db.writing():
        reading = csv_import.read(GOOD.encode(), today=TODAY)
        made = csv_import.add_people(reading, invite=True, by=None, today=TODAY, now=NOW)
        assert [person.display_name for person in made] == ["Wren", "Robin"]
    assert csv_import.read(GOOD.encode(), today=TODAY).known == ("Wren", "Robin")
    assert reading.new[0].roles == (Role.LEAD, Role.ASSESSOR)


def test_every_fault_is_named_with_its_line_and_column(people: People) -> None:
    people.person("Heron")
    text = HEADER + (
        "Wren,wren@example.org,,,,,\n"
        "Wren,other@example.org,,,,,\n"
        "Robin,wren@example.org,,,,,\n"
        ",nobody@example.org,,,,,\n"
        "Finch,not-an-address,,,,,\n"
        "Lark,lark@example.org,,3.29.2008,,,\n"
        "Teal,teal@example.org,,2999-01-01,,,\n"
        "Ash,ash@example.org,,,,captain,\n"
        "Fern,fern@example.org,,,,,Mars/Olympus\n"
        "heron,h2@example.org,,,,,\n"
    )
    assert faults(text) == [
        (3, "display_name"),
        (4, "email"),
        (5, "display_name"),
        (6, "email"),
        (7, "born_on"),
        (8, "born_on"),
        (9, "roles"),
        (10, "zone"),
        (11, "display_name"),
    ]


@pytest.mark.parametrize(
    ("raw", "place"),
    [
        (b"", (1, "display_name")),
        (b"name,mail\nWren,w@example.org\n", (1, "display_name")),
        (HEADER.encode(), (1, "")),
        (HEADER.encode() + "Wrén,w@example.org,,,,,\n".encode() + b"Wr\xc3,v@example.org,,,,,\n", (3, "")),
        (HEADER.encode() + b'"Wren,w@example.org,,,,,\n', (2, "")),
    ],
)
def test_a_file_that_cannot_be_read_says_where(people: People, raw: bytes, place: tuple[int, str]) -> None:
    assert faults(raw) == [place]


SPREADSHEET = (
    "Display name;E-mail address;Date of birth;Mobile;Roles;dbs_date\r\n"
    ";;;;;\r\n"
    "Zoë;ZOE@example.org;1/3/1990;07700 900101;lead, assessor;3/4/2025\r\n"
    "Bo;bo@example.org;14 June 2001;;;\r\n"
    "\r\n;;;;;\r\n"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_what_spreadsheets_save_is_taken_as_people_read_it(people: People, encoding: str) -> None:
    reading = csv_import.read(SPREADSHEET.encode(encoding), today=TODAY, leave_out=["DBS Date"])
    assert (reading.faults, reading.undecided, reading.not_taken) == ((), (), ("dbs_date",))
    assert [row.line for row in reading.rows] == [3, 4]
    zoe, bo = reading.new
    assert (zoe.display_name, zoe.email, zoe.born_on, zoe.phone, zoe.roles) == (
        "Zoë",
        "zoe@example.org",
        date(1990, 3, 1),
        "+44 7700 900101",
        (Role.LEAD, Role.ASSESSOR),
    )
    assert (bo.born_on, bo.phone, bo.roles) == (date(2001, 6, 14), None, ())
    assert "“07700 900101” is kept as “+44 7700 900101”." in reading.rows[0].notes


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        ("Wren,w@example.org,,,4.47701E+11,,", "phone", "Format the column as text"),
        ("Wren,w@example.org,,32933,,,", "born_on", "Format the column as a date"),
        ("Wren,w@example.org,,1/3/90,,,", "born_on", "four figures"),
        ('"Wren\nOkafor",w@example.org,,,,,', "display_name", "one line"),
        ("=A1&B1,w@example.org,,,,,", "display_name", "formula"),
        ("#N/A,w@example.org,,,,,", "display_name", "error"),
        ("Wren,w@example.org,,,,,,and more", "", "8 cells here, and 7 headings"),
        ("Wren,w@example.org," + "W" * 100_000 + ",,,,", "legal_name", "at most 120 characters"),
        ("Tаnsy,w@example.org,,,,,", "display_name", "looks like “Tansy”"),
    ],
)
def test_what_a_spreadsheet_made_of_a_cell_is_refused_with_a_way_to_mend_it(
    people: People, row: str, column: str, words: str
) -> None:
    people.person("Tansy")
    (fault,) = csv_import.read((HEADER + row + "\n").encode(), today=TODAY).faults
    assert (fault.line, fault.column) == (2, column)
    assert words in fault.sentence


def test_two_columns_of_one_meaning_are_refused_by_their_headings(people: People) -> None:
    (fault,) = csv_import.read(b"Nickname,Email,E-mail address\nWren,w@example.org,\n", today=TODAY).faults
    assert (fault.line, fault.heading) == (1, "E-mail address")
    assert "“Email” and “E-mail address”" in fault.sentence


def test_a_column_without_a_place_waits_for_a_decision_and_an_empty_one_does_not(people: People) -> None:
    raw = b"display_name,email,stage,,\nWren,w@example.org,volunteer,,\n"
    reading = csv_import.read(raw, today=TODAY)
    assert (reading.undecided, reading.faults, reading.may_be_imported) == (("stage",), (), False)
    with pytest.raises(ValueError, match="must not be imported"):
        csv_import.add_people(reading, invite=False, by=None, today=TODAY, now=NOW)
    assert csv_import.read(raw, today=TODAY, leave_out=["Stage"]).may_be_imported


CELLS = st.one_of(
    ANY_TEXT,
    st.sampled_from(
        ["", " ", "Wren", "w@example.org", "1/3/1990", "07700 900101", "4.47701E+11", "=A1", "#REF!", "lead", "=", '"']
    ),
)
HEADINGS = st.sampled_from(["Display name", "E-mail", "Born", "Phone", "Roles", "Zone", "stage", "", "legal_name"])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_whatever_a_spreadsheet_writes_is_taken_or_refused_with_line_and_column(
    people: People, data: st.DataObject
) -> None:
    headings = data.draw(st.lists(HEADINGS, max_size=5)) + data.draw(st.sampled_from([[], ["Display name", "E-mail"]]))
    rows = data.draw(st.lists(st.lists(CELLS, max_size=8), max_size=5))
    raw = as_file([headings, *rows], data.draw(st.sampled_from(",;\t")), data.draw(WAYS))
    reading = csv_import.read(raw, today=TODAY, leave_out=["stage"])
    assert all(fault.line >= 1 and fault.sentence.isprintable() for fault in reading.faults)
    # Every row that is not blank is taken, known, or has a fault; none is passed over.
    lines = {row.line for row in reading.rows} | {fault.line for fault in reading.faults}
    assert reading.faults or len(lines) == sum(any(cell.strip() for cell in row) for row in rows)
    if reading.rows:
        with db.writing():
            if reading.may_be_imported:
                made = csv_import.add_people(reading, invite=False, by=None, today=TODAY, now=NOW)
                assert [one.display_name for one in made] == [row.person.display_name for row in reading.rows]
            db.session.rollback()


@pytest.mark.both_databases
def test_checking_a_file_writes_nothing(client: FlaskClient, people: People, sign_in: SignIn, tmp_path: Path) -> None:
    sign_in(client, people.person("Tansy", roles=(Role.ADMIN,)))
    client.get("/people/import")
    file = tmp_path / "people.csv"
    file.write_bytes(GOOD.encode())
    before = everything()
    assert CliRunner().invoke(import_people, [str(file), "--dry-run", "--invite"]).exit_code == 0
    assert everything() == before
    answer = client.post("/people/import", data={"file": (io.BytesIO(GOOD.encode()), "p.csv"), "check": "Check"})
    assert "Wren" in answer.text
    assert everything() == before
    assert CliRunner().invoke(import_people, [str(file), "--invite"]).exit_code == 0
    assert everything() != before


def everything() -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    db.session.rollback()
    tables = db.Model.metadata.sorted_tables
    rows = {table.name: [tuple(row) for row in db.session.execute(table.select())] for table in tables}
    db.session.rollback()
    return {name: sorted(found, key=repr) for name, found in rows.items()}


def test_the_page_shows_what_would_be_done_and_only_then_does_it(
    client: FlaskClient, people: People, sign_in: SignIn
) -> None:
    sign_in(client, people.person("Tansy", roles=(Role.COORDINATOR,)))
    raw = b"Display name,E-mail,Mobile,stage\nWren,w@example.org,07700 900101,volunteer\n"
    page = client.post("/people/import", data={"file": (io.BytesIO(raw), "p.csv"), "take": "Import"}).text
    assert "Nothing is imported yet." in page
    assert "+44 7700 900101" in page
    sent: dict[str, str] = dict(FIELD.findall(page))
    assert sent["leave_out"] == "stage"
    without_a_decision = client.post(
        "/people/import", data={"kept": sent["kept"], "seen": sent["seen"], "take": "Import"}
    )
    assert "Tick those that may be left out" in without_a_decision.text
    assert count_people() == 1
    done = client.post("/people/import", data={**sent, "take": "Import"}, follow_redirects=True)
    assert "1 person imported." in done.text
    assert count_people() == 2


FIELD = re.compile(r'name="(kept|seen|leave_out)"[^>]*? value="([^"]*)"')


def test_another_file_than_the_one_shown_is_shown_first(client: FlaskClient, people: People, sign_in: SignIn) -> None:
    sign_in(client, people.person("Tansy", roles=(Role.COORDINATOR,)))
    for kept in ("!", "AAAA", ""):
        assert client.post("/people/import", data={"kept": kept, "seen": "é", "take": "Import"}).status_code in (
            200,
            422,
        )
    assert count_people() == 1


def count_people() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Person)) or 0


def test_a_file_with_one_fault_brings_in_nobody_and_the_page_says_where(
    client: FlaskClient, people: People, sign_in: SignIn
) -> None:
    sign_in(client, people.person("Tansy", roles=(Role.ADMIN,)))
    broken = GOOD + "Finch,not-an-address,,,,,\n"
    answer = client.post("/people/import", data={"file": (io.BytesIO(broken.encode()), "p.csv"), "take": "Import"})
    assert "“not-an-address” is not an e-mail address." in answer.text
    assert db.session.scalar(select(func.count()).select_from(Person)) == 1
    shown = hashlib.sha256(GOOD.encode()).hexdigest()  # as the page that showed the file sends it back
    answer = client.post(
        "/people/import",
        data={"file": (io.BytesIO(GOOD.encode()), "p.csv"), "seen": shown, "take": "Import"},
        follow_redirects=True,
    )
    assert "2 people imported." in answer.text
