"""Publishing: the draft becomes a version, what prevents it is named, and each person affected is notified once."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from app import audit, db
from app.outbox.models import OutboxRow
from app.people.models import Person, PersonState, Role
from app.people.rights import suspend
from app.refusals import Invalid
from progression import evidence
from progression.duties import Duty
from progression.ledger import facts_of_people
from rota.planning import channels, drafts, publishing
from rota.planning.publishing import DraftBreaksRules, GapsNotRead, NothingToPublish, SeatsChangedMeanwhile, Told
from rota.scheduling.cover_pattern import Need, PatternSpan
from rota.shifts import claims_and_drops
from rota.store import availability
from rota.store.models import Assignment, AssignmentChange, ChangeReason, DatedKind, OverrideReason, Rota, RotaVersion
from rota.store.removal_reasons import shifts_taken_from, why_taken
from tests.conftest import SignIn
from tests.rota.crew import LONDON, MONDAY, Crew, board_of, seats
from tests.times import NOW

pytestmark = pytest.mark.both_databases


def notices() -> list[tuple[str, int]]:
    """Kind and recipient of every notice in the outbox, oldest first."""
    db.session.rollback()
    rows = db.session.scalars(select(OutboxRow).order_by(OutboxRow.id))
    return [(row.kind, row.person_id) for row in rows]


@pytest.fixture
def wren(crew: Crew) -> Person:
    person = crew.moderator("Wren")
    crew.always_can(person)
    return person


def test_publishing_gives_the_seats_opens_a_version_and_notifies_each_person_once(crew: Crew, wren: Person) -> None:
    rota = crew.rota(crew.evenings(), days=3)
    for seat in seats(rota)[:2]:
        crew.give(rota, seat, wren)
    version = crew.publish(rota)
    assert version.number == 1
    assert [seat.person_id for seat in seats(rota)] == [wren.id, wren.id, None]
    assert notices() == [("rota-published", wren.id)]
    assert board_of(rota).draft is None


def test_a_gap_is_listed_but_does_not_stop_publishing_once_it_was_read(crew: Crew, wren: Person) -> None:
    rota = crew.rota(crew.evenings())
    crew.give(rota, seats(rota)[0], wren)
    review = publishing.review(board_of(rota), now=NOW)
    assert [seat.id for gap in review.gaps for seat in gap.empty] == [seats(rota)[1].id]
    assert (review.filling.filled, review.filling.wanted) == (1, 2)
    with pytest.raises(GapsNotRead), db.writing():
        publishing.publish(rota.id, by=crew.assessor.id, now=NOW, gaps_read=False)
    assert notices() == []
    crew.publish(rota)
    assert seats(rota)[0].person_id == wren.id


def test_a_shift_that_is_full_but_not_safe_to_open_is_listed(crew: Crew, wren: Person) -> None:
    rota = crew.rota(crew.evenings(), days=1)
    crew.give(rota, seats(rota)[0], wren)
    (gap,) = publishing.review(board_of(rota), now=NOW).gaps
    assert gap.empty == ()
    assert gap.unsafe == ("1 person is on this shift, and it needs 2 to open.",)


def test_a_filled_seat_that_breaks_a_rule_stops_publishing(crew: Crew, wren: Person) -> None:
    rota = crew.rota(crew.evenings())
    crew.give(rota, seats(rota)[0], wren)
    trained = facts_of_people([wren.id])[wren.id][1]
    with db.writing():
        evidence.withdraw(trained.id, by=crew.assessor.id, why="The wrong person", now=NOW)
    with pytest.raises(DraftBreaksRules, match="Wren is not cleared for moderator"):
        crew.publish(rota)
    assert seats(rota)[0].person_id is None
    assert board_of(rota).draft is not None


def test_a_rule_set_aside_with_a_reason_does_not_stop_publishing_and_the_reason_is_kept(crew: Crew) -> None:
    teal = crew.moderator("Teal")
    rota = crew.rota(crew.evenings(), days=1)
    crew.give(rota, seats(rota)[0], teal, reason="Said yes on the phone")
    crew.publish(rota)
    change = db.session.scalars(select(AssignmentChange)).one()
    assert change.overrides == ["availability"]
    assert db.session.get_one(OverrideReason, change.id).words == "Said yes on the phone"


def test_somebody_who_took_time_back_after_being_placed_stops_publishing(crew: Crew, wren: Person) -> None:
    rota = crew.rota(crew.evenings(), days=1)
    seat = seats(rota)[0]
    crew.give(rota, seat, wren)
    with db.writing():
        availability.set_exception(wren.id, DatedKind.CANNOT, seat.starts_at, seat.ends_at, now=NOW)
    with pytest.raises(DraftBreaksRules, match="Wren is not available then"):
        crew.publish(rota)


def test_nobody_is_given_two_seats_of_one_shift(crew: Crew, wren: Person) -> None:
    rota = crew.rota(crew.evenings("Board", Need(Duty.MODERATOR, 1, 2, 2)), days=1)
    first, second = seats(rota)
    crew.give(rota, first, wren)
    with pytest.raises(drafts.BreaksRules, match="Wren is on this shift already"):
        crew.give(rota, second, wren, reason="There is nobody else")
    board = board_of(rota)
    assert board.draft is not None
    with db.writing():
        # As by a step that is made again after others.
        drafts.lay_proposal(board.draft, board_of(rota), {second.id: wren.id}, by=None, now=NOW)
    with pytest.raises(DraftBreaksRules, match="Wren is on this shift already"):
        crew.publish(rota)


def test_seats_that_changed_meanwhile_are_named_and_nothing_is_published(crew: Crew, wren: Person) -> None:
    rota, seat = crew.published(wren)
    teal = crew.moderator("Teal")
    crew.always_can(teal)
    crew.give(rota, seat, teal)
    assert seat.assignment_id is not None
    with db.writing():
        claims_and_drops.drop(seat.assignment_id, wren, now=NOW)
    with pytest.raises(SeatsChangedMeanwhile, match="changed hands") as refused:
        crew.publish(rota)
    assert "Board, moderator" in refused.value.sentences[1]
    assert seats(rota)[0].person_id is None
    crew.give(rota, seat, teal)
    crew.publish(rota)
    assert seats(rota)[0].person_id == teal.id


def test_a_draft_that_changes_nothing_has_nothing_to_publish(crew: Crew, wren: Person) -> None:
    rota, seat = crew.published(wren)
    with pytest.raises(NothingToPublish):
        crew.publish(rota)
    with db.writing():
        drafts.clear(rota, seat.id, by=crew.assessor.id, now=NOW)
    crew.give(rota, seat, wren)
    with pytest.raises(NothingToPublish):
        crew.publish(rota)


def test_the_second_version_notifies_only_those_whose_seats_change(crew: Crew, wren: Person) -> None:
    teal, sage = crew.moderator("Teal"), crew.moderator("Sage")
    crew.always_can(teal, sage)
    rota = crew.rota(crew.evenings())
    crew.give(rota, seats(rota)[0], wren)
    crew.give(rota, seats(rota)[1], teal)
    crew.publish(rota)
    crew.give(rota, seats(rota)[0], sage)
    version = crew.publish(rota)
    assert version.number == 2
    assert notices()[2:] == [("seats-changed", wren.id), ("seats-changed", sage.id)]


def test_was_is_and_why_are_kept_for_good(crew: Crew, wren: Person) -> None:
    teal = crew.moderator("Teal")
    crew.always_can(teal)
    rota, seat = crew.published(wren)
    crew.give(rota, seat, teal)
    crew.publish(rota)
    history = db.session.execute(
        select(AssignmentChange.from_person_id, AssignmentChange.to_person_id, AssignmentChange.why)
        .where(AssignmentChange.seat_id == seat.id)
        .order_by(AssignmentChange.id)
    ).all()
    assert [tuple(row) for row in history] == [(None, wren.id, "by-hand"), (wren.id, teal.id, "by-hand")]
    lines = db.session.scalars(select(audit.AuditLine.action)).all()
    assert lines.count("rota.published") == 2


@pytest.mark.parametrize("deed", ["UPDATE assignment_change SET why = 'x'", "DELETE FROM assignment_change"])
def test_the_history_cannot_be_changed_in_plain_sql(crew: Crew, wren: Person, deed: str) -> None:
    crew.published(wren)
    with pytest.raises(DatabaseError, match="only grows"), db.writing():
        db.session.execute(text(deed))


def test_the_history_cannot_be_changed_through_the_models_either(crew: Crew, wren: Person) -> None:
    crew.published(wren)
    with pytest.raises(db.AppendOnly), db.writing():
        db.session.scalars(select(AssignmentChange)).one().why = ChangeReason.CLEARED


def test_a_changed_pattern_never_touches_shifts_that_were_made(crew: Crew, wren: Person) -> None:
    channel = crew.evenings()
    rota, seat = crew.published(wren, channel=channel)
    with db.writing():
        span = PatternSpan(frozenset(range(7)), time(12), time(18), "Noon", (Need(Duty.HOST, 1, 1, 1),))
        channels.write_pattern(channels.channel(channel.id), [span], starts_on=MONDAY, zone=LONDON, by=None, now=NOW)
    assert (seats(rota)[0].starts_at, seats(rota)[0].duty) == (seat.starts_at, Duty.MODERATOR)
    assert seats(rota)[0].person_id == wren.id


def test_somebody_who_has_not_opened_their_account_is_planned_and_named_before_publishing(
    crew: Crew, client: FlaskClient, sign_in: SignIn
) -> None:
    kite = crew.moderator("Kite", state=PersonState.INVITED)
    crew.always_can(kite)
    rota = crew.rota(crew.evenings())
    crew.give(rota, seats(rota)[0], kite)
    assert publishing.review(board_of(rota), now=NOW).unopened == {kite.id}
    sign_in(client, crew.people.person("Tansy", roles=(Role.COORDINATOR,)))
    page = client.get(f"/rota/{rota.id}/publish").text
    assert "Not in their account yet" in page
    crew.publish(rota)
    assert seats(rota)[0].person_id == kite.id
    assert notices() == [("rota-published", kite.id)]


def test_a_suspended_person_cannot_be_published(crew: Crew, wren: Person) -> None:
    rota = crew.rota(crew.evenings(), days=1)
    crew.give(rota, seats(rota)[0], wren)
    with db.writing():
        suspend(db.session.get_one(Person, wren.id), by=crew.assessor, now=NOW)
    with pytest.raises(DraftBreaksRules):
        crew.publish(rota)


def test_a_drafted_seat_whose_shift_has_begun_is_listed_as_overtaken(crew: Crew, wren: Person) -> None:
    rota = crew.rota(crew.evenings(), days=1)
    seat = seats(rota)[0]
    crew.give(rota, seat, wren)
    with pytest.raises(SeatsChangedMeanwhile):
        crew.publish(rota, now=seat.starts_at + timedelta(minutes=1))
    assert db.session.scalars(select(Assignment)).all() == []
    assert db.session.scalars(select(RotaVersion)).all() == []
    assert db.session.get_one(Rota, rota.id).version == 0


def test_who_loses_a_shift_is_told_why_and_reads_it_on_their_page(
    crew: Crew, wren: Person, client: FlaskClient, sign_in: SignIn
) -> None:
    teal = crew.moderator("Teal")
    crew.always_can(teal)
    rota, seat = crew.published(wren)
    crew.give(rota, seat, teal)
    with db.writing():
        told = Told(reasons={wren.id: "We need you on Friday.", teal.id: "Nobody reads this."})
        version = publishing.publish(rota.id, by=crew.assessor.id, now=NOW, gaps_read=True, told=told)
    assert why_taken(version.id, wren.id) == "We need you on Friday."
    assert why_taken(version.id, teal.id) is None
    sign_in(client, wren)
    assert "We need you on Friday." in client.get("/shifts").text


def test_without_other_words_the_usual_reason_is_told(crew: Crew, wren: Person) -> None:
    rota, seat = crew.published(wren)
    with db.writing():
        drafts.clear(rota, seat.id, by=crew.assessor.id, now=NOW)
    version = crew.publish(rota)
    assert why_taken(version.id, wren.id) == "A coordinator planned these shifts again."
    assert [taken.why for taken in shifts_taken_from(wren.id, now=NOW)] == ["A coordinator planned these shifts again."]
    assert shifts_taken_from(wren.id, now=seat.ends_at) == []


def test_the_review_has_one_line_for_each_person(crew: Crew, wren: Person) -> None:
    teal = crew.moderator("Teal")
    crew.always_can(teal)
    rota, seat = crew.published(wren)
    crew.give(rota, seat, teal)
    crew.give(rota, seats(rota)[1], wren)
    lines = publishing.review(board_of(rota), now=NOW).by_person
    assert [(line.person_id, len(line.lost), len(line.got)) for line in lines] == [(wren.id, 1, 1), (teal.id, 0, 1)]


def test_what_somebody_is_told_has_a_length(crew: Crew, wren: Person) -> None:
    rota, seat = crew.published(wren)
    with db.writing():
        drafts.clear(rota, seat.id, by=crew.assessor.id, now=NOW)
    told = Told(reasons={wren.id: "x" * 501})
    with pytest.raises(Invalid, match="what Wren is told under 500"), db.writing():
        publishing.publish(rota.id, by=crew.assessor.id, now=NOW, gaps_read=True, told=told)
