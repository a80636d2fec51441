"""What one person gave: counted as the report of a month counts, for its person and few others, also on paper."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app import clock, db
from app.audit import AuditLine
from app.people.models import Person, PersonPrivate, Role
from progression.duties import Duty
from progression.stages import Stage
from rota.reports.month_figures import PersonHours, figures_of
from rota.reports.service_statement import statement_of
from rota.scheduling.cover_pattern import Need
from rota.store.models import ChannelKind
from tests.conftest import SignIn
from tests.pdf_text import text_of_pdf
from tests.rota.crew import LONDON, MONDAY, Crew, seats
from tests.rota.reports.test_month_figures import AFTER, FEBRUARY, MARCH

SPRING = date(2027, 3, 27)  # the clocks go forward in the night that begins on this day


@pytest.fixture
def moth(crew: Crew) -> Person:
    """Two evenings in February, an evening on call, and the night in March on which the clocks go forward."""
    moth, wren = crew.lead("Moth"), crew.moderator("Wren")
    crew.always_can(moth, wren)
    board = crew.rota(crew.evenings(), days=3)
    for seat, person in zip(seats(board), (moth, wren, moth), strict=True):
        crew.give(board, seat, person)
    crew.publish(board)
    line = crew.evenings(
        "On call", Need(Duty.ON_CALL, 1, 1, 1), kind=ChannelKind.ON_CALL, starts=time(13), ends=time(16)
    )
    on_call = crew.rota(line, starts_on=MONDAY + timedelta(days=4), days=1)
    crew.give(on_call, seats(on_call)[0], moth)
    crew.publish(on_call)
    night = crew.rota(crew.nights(), starts_on=SPRING, days=1)
    crew.give(night, seats(night)[0], moth, reason="Nobody else could.")
    crew.publish(night)
    return moth


def figures(of: PersonHours | None) -> tuple[int, float, int, float]:
    assert of is not None
    return of.shifts, of.hours, of.nights, of.on_call_hours


def test_its_figures_are_those_of_the_reports_of_the_months_and_hours_are_those_that_passed(moth: Person) -> None:
    found = statement_of(moth, now=AFTER)

    (year,) = found.years
    assert [(month, figures(given)) for month, given in year.months] == [
        (MARCH, (1, 7.0, 1, 0)),
        (FEBRUARY, (3, 8.0, 0, 3.0)),
    ]
    for month, given in year.months:
        (reported,) = (each for each in figures_of(month, LONDON, now=AFTER).people if each.person_id == moth.id)
        assert given == reported
    assert (year.year, figures(year.given), figures(found.given)) == (2027, (4, 15.0, 1, 3.0), (4, 15.0, 1, 3.0))
    assert [(duty, figures(given)) for duty, given in found.duties] == [
        (Duty.MODERATOR, (3, 15.0, 1, 0)),
        (Duty.ON_CALL, (1, 0, 0, 3.0)),
    ]


def test_a_shift_that_is_not_over_or_was_never_published_does_not_count(crew: Crew, moth: Person) -> None:
    draft = crew.rota(crew.evenings("Draft"), starts_on=MONDAY + timedelta(days=10), days=1)
    crew.give(draft, seats(draft)[0], moth, reason="To see.")
    during = datetime(2027, 2, 24, 20, tzinfo=UTC)  # the second evening is not over
    assert figures(statement_of(moth, now=during).given) == (1, 4.0, 0, 0)
    assert figures(statement_of(moth, now=AFTER).given) == (4, 15.0, 1, 3.0)
    assert statement_of(crew.moderator("New"), now=AFTER).given is None


def test_stages_have_their_days_and_somebody_is_here_since_the_first_of_them(moth: Person) -> None:
    found = statement_of(moth, now=AFTER)
    assert [each.stage for each in found.stages] == [Stage.PEER, Stage.VOLUNTEER, Stage.STAFF]
    assert found.since == min([moth.joined_at.date(), *(each.day for each in found.stages)])


def test_its_person_has_it_on_paper_in_the_display_name_or_the_legal_name(
    moth: Person, client: FlaskClient, sign_in: SignIn
) -> None:
    with db.writing():
        db.session.get_one(PersonPrivate, moth.id).legal_name = "王小明"
    clock.set_to(AFTER)
    sign_in(client, moth)

    assert "/shifts/statement" in client.get("/shifts").text
    page = client.get("/shifts/statement").text
    assert "made out to Moth" in page
    assert "made out to 王小明" in page
    assert "/learning/transcript" in page

    text = text_of_pdf(client.get("/shifts/statement.pdf").data)
    for words in (
        "Statement of service Moth",
        "Harbour Lane Community",
        "4 shifts until 2 April 2027",
        "March 1 7 1 0",
    ):
        assert words in text
    assert "王小明" in text_of_pdf(client.get("/shifts/statement.pdf?legal=").data)
    assert db.session.scalars(select(AuditLine).where(AuditLine.action == "rota.statement-read")).all() == []


def test_others_need_the_permission_read_no_legal_name_and_are_on_record(
    crew: Crew, moth: Person, client: FlaskClient, sign_in: SignIn
) -> None:
    with db.writing():
        db.session.get_one(PersonPrivate, moth.id).legal_name = "Martha Thorne"
    address = f"/people/{moth.id}/statement"
    clock.set_to(AFTER)
    for role in (None, Role.LEAD, Role.TRAINER):
        sign_in(client, crew.people.person(f"Other {role}", roles=(role,) if role else ()))
        assert client.get(address).status_code == client.get(f"{address}.pdf").status_code == 403

    tansy = crew.people.person("Tansy", roles=(Role.COORDINATOR,))
    sign_in(client, tansy)
    assert address in client.get(f"/people/{moth.id}").text
    page = client.get(address).text
    assert "What Moth gave" in page
    text = text_of_pdf(client.get(f"{address}.pdf?legal=").data)
    assert "Statement of service Moth" in text
    assert "Thorne" not in page + text
    (line,) = db.session.scalars(select(AuditLine).where(AuditLine.action == "rota.statement-read"))
    assert (line.by_id, line.subject) == (tansy.id, f"person:{moth.id}")
