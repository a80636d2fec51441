"""The pages of what happened: in words, by person, kind and day, a page at a time, for administrators."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app import audit, db, settings
from app.audit import AuditLine
from app.people import rights
from app.people.models import Person, Role
from app.trail import search, wording
from app.trail.search import Wanted
from tests.conftest import People, SignIn
from tests.times import NOW

ZONE_NAME = "Europe/London"


@pytest.fixture
def tansy(people: People) -> Person:
    return people.person("Tansy", roles=(Role.ADMIN,))


@pytest.fixture
def wren(people: People) -> Person:
    return people.person("Wren")


def rows(page: str) -> list[str]:
    """The text of each row of the table, without markup."""
    body = page.partition("<tbody>")[2].partition("</tbody>")[0]
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in body.split("</tr>")[:-1]]


def test_the_trail_is_told_in_words_with_links(
    client: FlaskClient, sign_in: SignIn, tansy: Person, wren: Person
) -> None:
    with db.writing():
        rights.grant_role(wren, Role.LEAD, by=tansy, today=NOW.date(), now=NOW)
    sign_in(client, tansy)
    page = client.get("/admin/audit").get_data(as_text=True)
    assert any("Tansy gave the role lead to Wren" in row for row in rows(page))
    assert f'href="/people/{wren.id}">Wren</a>' in page
    assert "people.role-granted" not in page.partition("<tbody>")[2]


def test_lines_are_found_by_person_kind_and_day(
    client: FlaskClient, sign_in: SignIn, tansy: Person, wren: Person
) -> None:
    later = NOW + timedelta(days=3)
    with db.writing():
        audit.record("people.signed-in", by=wren.id, subject=f"person:{wren.id}", now=later)
        audit.record("people.signed-in", by=tansy.id, subject=f"person:{tansy.id}", now=later)
    sign_in(client, tansy)
    day = later.date().isoformat()
    found = rows(client.get(f"/admin/audit?person=wren&kind=people.signed-in&first={day}&last={day}").text)
    assert len(found) == 1
    assert "Wren signed in as Wren" in found[0]
    assert rows(client.get(f"/admin/audit?person=wren&last={(NOW - timedelta(days=1)).date()}").text) == [
        "Nothing like that has happened."
    ]


def test_what_cannot_be_looked_for_is_said_beside_its_field(
    client: FlaskClient, sign_in: SignIn, tansy: Person
) -> None:
    sign_in(client, tansy)
    page = client.get("/admin/audit?person=Nobody&first=9999-99-99&kind=tea.made&below=99999999999999999999").text
    assert "No account, or more than one, is called “Nobody”" in page
    assert "first-error" in page
    assert client.get("/admin/audit?first=9999-12-31&last=0001-01-01").status_code == 200


def test_a_long_trail_has_pages_and_every_line_is_on_one(tansy: Person) -> None:
    with db.writing():
        for number in range(120):
            audit.record("people.signed-in", by=tansy.id, subject=f"person:{tansy.id}", now=NOW + timedelta(0, number))
    wanted, below, seen = Wanted(kind="people.signed-in"), None, []
    while True:
        page = search.lines(wanted, below=below, zone=settings.current().zone)
        assert page.count == 120
        seen += [line.id for line in page.lines]
        if (below := page.older) is None:
            break
    every = db.session.scalars(select(AuditLine.id).where(AuditLine.action == "people.signed-in"))
    assert seen == sorted(every, reverse=True)


@pytest.mark.parametrize("address", ["/admin/audit", "/admin/security", "/admin"])
def test_the_pages_of_a_whole_demonstration_show_no_code(
    demonstration: object, client: FlaskClient, sign_in: SignIn, address: str
) -> None:
    [admin, *_] = rights.people_who_may("admin:page:open", on=NOW.date())
    sign_in(client, db.session.get_one(Person, admin))
    page = client.get(address).text
    assert not re.search(r"did “[a-z]+\.[a-z-]+”", page)


def test_every_line_of_the_demonstration_has_words_and_what_it_is_about(demonstration: object) -> None:
    lines = db.session.scalars(select(AuditLine)).all()
    for one in wording.in_words(lines):
        assert one.before or one.after
        assert not re.fullmatch(r"[a-z ]+ \d+", one.about.words), one.about.words
