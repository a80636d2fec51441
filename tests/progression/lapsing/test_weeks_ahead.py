"""The page of what lapses in the coming twelve weeks, for those who can renew it."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from app import clock, db
from app.people.models import Person, Role
from progression import evidence
from progression.evidence import NewEvidence
from progression.lapsing import weeks_ahead
from progression.lapsing.weeks_ahead import Order, Who, page_ahead, table_ahead
from progression.stages import Stage
from tests.conftest import People, SignIn, clock_at
from tests.progression.bringing import CHECK, bring_to, is_checked
from tests.progression.facts import LONDON
from tests.training.courses import install_shipped

LAST_DAY = CHECK.next_due_on


def before(days: int) -> datetime:
    day = LAST_DAY - timedelta(days=days)
    return clock.local(LONDON, day.year, day.month, day.day, 12)


@pytest.fixture
def sable(people: People) -> Person:
    return people.person("Sable", roles=(Role.ASSESSOR,))


@pytest.fixture
def wren(people: People, sable: Person) -> Person:
    install_shipped()
    return bring_to(people.person("Wren"), Stage.VOLUNTEER, by=sable)


def passes_until(person: Person, last_day: date) -> None:
    """Their pass of a course ends on a day."""
    with db.writing():
        evidence.record(
            NewEvidence(person_id=person.id, kind="training", key="conflict", valid_until=last_day),
            by=None,
            now=before(300),
        )


def shown(now: datetime, *, who: Who = Who.ALL, order: Order = Order.DAY, number: int = 1) -> list[tuple[str, str]]:
    db.session.rollback()
    page = page_ahead(now, who=who, order=order, number=number)
    return [(each.person.display_name, each.lapse.code) for each in page.lines]


@pytest.mark.both_databases
def test_the_page_shows_twelve_weeks_and_not_a_day_more(wren: Person) -> None:
    assert shown(before(7 * weeks_ahead.WEEKS + 1)) == []
    assert shown(before(7 * weeks_ahead.WEEKS)) == [("Wren", "dbs-check")]
    assert shown(before(0)) == [("Wren", "dbs-check")]
    assert shown(before(-1)) == []


def test_it_is_narrowed_by_who_renews_it_and_ordered_by_day_or_name(
    people: People, wren: Person, sable: Person
) -> None:
    alder = people.person("Alder")
    bring_to(alder, Stage.PEER, by=sable)
    passes_until(alder, LAST_DAY + timedelta(days=3))
    now = before(20)
    assert shown(now) == [("Wren", "dbs-check"), ("Alder", "conflict")]
    assert shown(now, order=Order.NAME) == [("Alder", "conflict"), ("Wren", "dbs-check")]
    assert shown(now, who=Who.OTHERS) == [("Wren", "dbs-check")]
    assert shown(now, who=Who.THEMSELVES) == [("Alder", "conflict")]


def test_what_was_renewed_leaves_and_comes_back_where_the_renewal_was_withdrawn(
    people: People, wren: Person, sable: Person
) -> None:
    now = before(20)
    renewed = replace(CHECK, issued_on=date(2028, 11, 1), seen_on=date(2028, 11, 2), next_due_on=date(2031, 10, 31))
    row = is_checked(wren, by=sable, check=renewed, now=before(30))
    assert shown(now) == []
    other = people.person("Rowan", roles=(Role.ASSESSOR,))
    with db.writing():
        evidence.withdraw(row.id, by=other.id, why="Recorded for somebody else.", now=before(25))
    assert shown(now) == [("Wren", "dbs-check")]


def test_pages_hold_so_many_lines_and_a_page_beyond_the_last_is_the_last(
    people: People, wren: Person, sable: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weeks_ahead, "PER_PAGE", 1)
    alder = bring_to(people.person("Alder"), Stage.PEER, by=sable)
    passes_until(alder, LAST_DAY + timedelta(days=3))
    assert shown(before(20), number=1) == [("Wren", "dbs-check")]
    assert shown(before(20), number=9) == [("Alder", "conflict")]


def test_an_assessor_reads_it_takes_it_out_and_records_the_check_again_and_nobody_else_opens_it(
    client: FlaskClient, people: People, wren: Person, sable: Person, sign_in: SignIn
) -> None:
    with clock_at(before(20)):
        sign_in(client, sable)
        page = client.get("/sign-offs/lapsing").text
        assert "Wren" in page
        assert f'href="/sign-offs/{wren.id}/check"' in page
        assert "/sign-offs/lapsing" in client.get("/sign-offs").text
        table = client.get("/sign-offs/lapsing.csv")
        rows = list(csv.reader(io.StringIO(table.data.decode("utf-8-sig"))))
        assert [row[0] for row in rows] == ["Name", "Wren"]
        assert rows[1][2] == LAST_DAY.isoformat()
        sign_in(client, people.person("Tansy", roles=(Role.COORDINATOR,)))
        assert client.get("/sign-offs/lapsing").status_code == 403
    assert table_ahead(before(-1)).count(b"\r\n") == 1
