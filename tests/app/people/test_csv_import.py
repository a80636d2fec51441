"""Importing people from a file: every fault reported with its place, and all people imported or none."""

from __future__ import annotations

import io

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app import db
from app.people import csv_import
from app.people.models import Person, Role
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
        "Lark,lark@example.org,,29.3.2008,,,\n"
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
        (HEADER.encode() + b"Wr\xe9n,w@example.org,,,,,\n", (2, "")),
        (HEADER.encode() + b'"Wren,w@example.org,,,,,\n', (2, "")),
    ],
)
def test_a_file_that_cannot_be_read_says_where(people: People, raw: bytes, place: tuple[int, str]) -> None:
    assert faults(raw) == [place]


def test_a_file_with_one_fault_brings_in_nobody_and_the_page_says_where(
    client: FlaskClient, people: People, sign_in: SignIn
) -> None:
    sign_in(client, people.person("Tansy", roles=(Role.COORDINATOR,)))
    broken = GOOD + "Finch,not-an-address,,,,,\n"
    answer = client.post("/people/import", data={"file": (io.BytesIO(broken.encode()), "p.csv"), "take": "Import"})
    assert "“not-an-address” is not an e-mail address." in answer.text
    assert db.session.scalar(select(func.count()).select_from(Person)) == 1
    answer = client.post(
        "/people/import",
        data={"file": (io.BytesIO(GOOD.encode()), "p.csv"), "take": "Import"},
        follow_redirects=True,
    )
    assert "2 people imported." in answer.text
