"""What people asked for at most: kept with who set it, and held wherever a seat is proposed, given or taken."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from app import db
from app.audit import AuditLine
from app.people.models import Person, Role
from app.refusals import Invalid
from rota.exchanges.changes import DoesNotFit
from rota.planning import drafts
from rota.scheduling.engine.solve import solve
from rota.scheduling.rules.policy import Severity, shipped_rules
from rota.shifts import claims_and_drops
from rota.store import limits
from rota.store.limits import PersonLimits, set_limits
from rota.store.limits_in_words import groups
from rota.store.snapshot import take_snapshot
from tests.conftest import People, SignIn
from tests.page_fields import hidden
from tests.rota.crew import Crew, board_of, seats
from tests.rota.scheduling.rosters import rules_with
from tests.times import NOW


def at_most(person: Person, *, hours: int | None = None, nights: int | None = None, by: Person | None = None) -> None:
    with db.writing():
        set_limits(person.id, most_hours_a_week=hours, most_nights=nights, by=(by or person).id, now=NOW)


def kept(person: Person) -> tuple[int | None, int | None, int] | None:
    db.session.rollback()
    row = limits.limits_of(person.id)
    return None if row is None else (row.most_hours_a_week, row.most_nights, row.set_by_id)


def lines_about(person: Person) -> list[str]:
    of_person = select(AuditLine.action).where(AuditLine.subject == f"person:{person.id}")
    return list(db.session.scalars(of_person.where(AuditLine.action.startswith("rota.limits")).order_by(AuditLine.id)))


@pytest.mark.both_databases
def test_limits_are_set_changed_and_taken_away_with_who_did_it(app: Flask, people: People) -> None:
    fern, tansy = people.person("Fern"), people.person("Tansy")
    at_most(fern, hours=8)
    at_most(fern, hours=8)
    assert kept(fern) == (8, None, fern.id)
    at_most(fern, hours=6, nights=0, by=tansy)
    assert kept(fern) == (6, 0, tansy.id)
    at_most(fern)
    assert kept(fern) is None
    assert lines_about(fern) == ["rota.limits-set", "rota.limits-set", "rota.limits-cleared"]


@pytest.mark.both_databases
@pytest.mark.parametrize("figures", [(0, None), (61, None), (None, 32), (None, -1), (None, None)])
def test_the_database_keeps_no_figure_out_of_bounds(
    app: Flask, people: People, figures: tuple[int | None, int | None]
) -> None:
    fern = people.person("Fern")
    hours, nights = figures
    row = {"person_id": fern.id, "most_hours_a_week": hours, "most_nights": nights}
    with pytest.raises(IntegrityError), db.writing():
        db.session.execute(insert(PersonLimits).values(row | {"set_by_id": fern.id, "set_at": NOW}))
    if figures != (None, None):
        with pytest.raises(Invalid):
            at_most(fern, hours=hours, nights=nights)


def refused(crew_member: Person, seat_id: int) -> list[str]:
    with pytest.raises(DoesNotFit) as refusal, db.writing():
        claims_and_drops.claim(seat_id, crew_member, now=NOW)
    return list(refusal.value.sentences)


def take(person: Person, seat_id: int) -> None:
    with db.writing():
        claims_and_drops.claim(seat_id, person, now=NOW)


@pytest.mark.both_databases
def test_nobody_takes_or_is_offered_more_hours_in_a_week_than_they_asked_for(crew: Crew) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    at_most(wren, hours=8)
    rota = crew.rota(crew.evenings(), days=8)  # Monday to the next Monday, 4 hours each
    crew.give(rota, seats(rota)[0], wren)
    crew.publish(rota)
    _, tuesday, wednesday, *_, next_monday = seats(rota)
    take(wren, tuesday.id)
    assert refused(wren, wednesday.id) == [
        "Wren would have 12 hours in one week, and asked for 8 hours in one week at most."
    ]
    assert [seat.id for seat in claims_and_drops.open_shifts_for(wren, now=NOW)] == [next_monday.id]
    take(wren, next_monday.id)


@pytest.mark.both_databases
def test_nights_count_over_the_whole_rota_those_that_are_over_too(crew: Crew) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    at_most(wren, nights=1)
    rota = crew.rota(crew.nights(), days=21)
    crew.give(rota, seats(rota)[0], wren)
    crew.publish(rota)
    last = seats(rota)[-1]
    weeks_later = NOW + timedelta(days=19)  # the first night is over
    assert claims_and_drops.open_shifts_for(wren, now=weeks_later) == []
    with (
        pytest.raises(DoesNotFit, match="2 nights in the period, and asked for 1 at most"),
        db.writing(),
    ):
        claims_and_drops.claim(last.id, wren, now=weeks_later)
    at_most(wren)
    assert last.id in {seat.id for seat in claims_and_drops.open_shifts_for(wren, now=weeks_later)}


def test_a_night_limit_above_the_organisations_own_changes_nothing(crew: Crew) -> None:
    wren = crew.moderator("Wren")
    at_most(wren, nights=20)
    rota = crew.rota(crew.nights(), days=2)
    crew.give(rota, seats(rota)[0], wren, reason="Wren agreed")
    [person] = [each for each in take_snapshot(board_of(rota), now=NOW).roster.people if each.id == wren.id]
    assert person.limits.most_nights is None


def test_a_proposal_and_a_seat_given_by_hand_keep_them(crew: Crew) -> None:
    wren, teal = crew.moderator("Wren"), crew.moderator("Teal")
    crew.always_can(wren, teal)
    at_most(wren, hours=4)
    at_most(teal, nights=0)
    rota = crew.rota(crew.nights(), crew.evenings("Board"), days=2)
    plan = solve(take_snapshot(board_of(rota), now=NOW).roster, seconds=2).plan
    late = {seat.shift_id for seat in seats(rota) if seat.starts_at.hour == 22}
    assert all(seating.shift_id not in late for seating in plan.by_person.get(teal.id, ()))
    assert len(plan.by_person.get(wren.id, ())) <= 1
    evening = next(seat for seat in seats(rota) if seat.shift_id not in late)
    night = next(seat for seat in seats(rota) if seat.shift_id in late)
    crew.give(rota, evening, wren)
    with pytest.raises(drafts.BreaksRules, match="asked for 4 hours in one week at most"):
        crew.give(rota, night, wren, reason="Even with a reason")


def test_the_pages_say_what_counts_and_how_firmly_it_holds() -> None:
    by_week, by_month, in_one_rota, _in_a_row = groups(shipped_rules())
    assert by_week.sentences[0] == "A week is Monday to Sunday."
    assert by_month.sentences[0].startswith("A month is that of the calendar")
    assert "at least 3 hours between 23:00 and 06:00, unless as on-call." in in_one_rota.sentences[0]
    assert "“Nights in one rota, at most” can be passed by a coordinator who gives a reason." in in_one_rota.sentences
    unused = rules_with(most_they_asked={"severity": Severity.UNUSED})
    assert groups(unused)[0].sentences[-1] == "These limits are not used by your organisation’s rules at present."


def test_somebody_sets_their_own_limits_and_reads_them_again(
    client: FlaskClient, people: People, sign_in: SignIn
) -> None:
    fern = people.person("Fern")
    sign_in(client, fern)
    page = client.get("/shifts/limits")
    typed = {"most_hours_a_week": "8", "most_nights": "", "csrf_token": hidden(page.text, "csrf_token")}
    answer = client.post("/shifts/limits", data=typed, follow_redirects=True)
    assert "Your limits are saved" in answer.text
    assert "8 hours a week at most" in answer.text
    assert "Set by Fern on" in client.get("/shifts/limits").text
    assert kept(fern) == (8, None, fern.id)
    answer = client.post("/shifts/limits", data=typed | {"most_hours_a_week": "61"})
    assert "Give a whole number of hours from 1 to 60" in answer.text
    assert 'value="61"' in answer.text
    assert kept(fern) == (8, None, fern.id)


def test_a_coordinator_sets_them_in_their_own_name_and_nobody_else_may(
    client: FlaskClient, people: People, sign_in: SignIn
) -> None:
    fern, tansy = people.person("Fern"), people.person("Tansy", roles=(Role.COORDINATOR,))
    page = f"/people/{fern.id}/limits"
    sign_in(client, fern)
    assert client.get(page).status_code == 403
    sign_in(client, tansy)
    typed = {"most_nights": "0", "csrf_token": hidden(client.get(page).text, "csrf_token")}
    assert client.post(page, data=typed).headers["Location"] == f"/people/{fern.id}"
    assert kept(fern) == (None, 0, tansy.id)
    assert "Set by Tansy on" in client.get(page).text
