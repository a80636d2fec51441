"""Seats that their holders may not keep are released, at once or by the sweep, and those concerned are notified."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from sqlalchemy import select

from app import audit, clock, db
from app.outbox.models import DeliveryState, OutboxRow
from app.outbox.notice import from_row
from app.people import corrections, suspending
from app.people.corrections import ConfirmationRequired, Consequences, Correction, CorrectionResult, Details
from app.people.models import Person, PersonState, Role
from app.people.rights import end_role, suspend
from app.policies import comparison, documents, versions
from progression import evidence
from progression.duties import Duty
from progression.ledger import facts_of_people
from progression.pathway import Pathway
from rota.notices import SEATS_LISTED
from rota.planning import channels
from rota.scheduling.cover_pattern import Need, PatternSpan
from rota.shifts import absences, calendar_feed, releasing
from rota.store import availability
from rota.store.models import ChangeReason, ChannelKind, Rota, RotaVersion, VersionKind
from rota.store.seats import seats_held_by
from tests.rota.crew import EVERY_DAY, LONDON, MONDAY, Crew, seats
from tests.rota.emails import newest_email, queued
from tests.times import NOW, TODAY

pytestmark = pytest.mark.both_databases


YOUNG = Details(None, date(2010, 6, 1))


def correct_birth_date(person: Person, by: Person, *, agreed: str | None = None) -> CorrectionResult:
    """Make somebody young; without a mark, agree to whatever follows."""
    if agreed is None:
        agreed = following(person, by).mark
    with db.writing():
        return corrections.correct(
            person.id, Correction(YOUNG, "Passport.", seen=0, agreed=agreed), by=by, today=TODAY, now=NOW
        )


def following(person: Person, by: Person) -> Consequences:
    """What making somebody young would bring about."""
    with pytest.raises(ConfirmationRequired) as asked, db.writing():
        corrections.correct(person.id, Correction(YOUNG, "Passport.", seen=0), by=by, today=TODAY, now=NOW)
    return asked.value.consequences


def notified() -> set[tuple[str, int]]:
    """Return the kind and the reader of every queued e-mail."""
    db.session.rollback()
    return {(row.kind, row.person_id) for row in db.session.scalars(select(OutboxRow))}


def test_withdrawn_evidence_releases_the_seats_in_the_same_transaction_and_notifies_both_sides(crew: Crew) -> None:
    tansy = crew.people.person("Tansy", roles=(Role.COORDINATOR,))
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    rota, _ = crew.published(wren)
    trained = next(fact for fact in facts_of_people([wren.id])[wren.id] if fact.kind == "training")
    with db.writing():
        evidence.withdraw(trained.id, by=crew.assessor.id, why="Recorded for the wrong person", now=NOW)
    assert seats(rota)[0].person_id is None
    assert {("seat-released", wren.id), ("shift-dropped", tansy.id)} <= notified()
    newest = db.session.scalars(select(RotaVersion).order_by(RotaVersion.id.desc())).first()
    assert newest is not None
    assert (newest.kind, newest.by_id) == (VersionKind.RELEASED, None)


def test_suspension_releases_every_seat_and_closes_the_calendar(crew: Crew) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    rota, _ = crew.published(wren)
    with db.writing():
        token = calendar_feed.open_feed(wren, now=NOW)
    with db.writing():
        suspend(db.session.get_one(Person, wren.id), by=crew.assessor, now=NOW)
    assert seats(rota)[0].person_id is None
    with pytest.raises(calendar_feed.FeedIsGone):
        calendar_feed.feed_of_token(token)


def test_what_a_suspension_would_free_is_seen_before_it_and_is_exactly_what_it_frees(crew: Crew) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    rota, seat = crew.published(wren)

    def act(agreed: str | None) -> None:
        with db.writing():
            suspending.suspend(
                db.session.get_one(Person, wren.id), "They left.", agreed=agreed, by=crew.assessor, now=NOW
            )

    with pytest.raises(suspending.ConfirmationRequired) as asked:
        act(None)
    assert [(loss.starts_at, loss.ends_at) for loss in asked.value.consequences.freed] == [
        (seat.starts_at, seat.ends_at)
    ]
    assert seats(rota)[0].person_id == wren.id
    assert db.session.get_one(Person, wren.id, populate_existing=True).state == PersonState.ACTIVE
    act(asked.value.consequences.mark)
    assert seats(rota)[0].person_id is None


def test_a_person_who_only_gives_up_a_role_keeps_their_shifts(crew: Crew) -> None:
    wren = crew.moderator("Wren", roles=(Role.COORDINATOR,))
    crew.always_can(wren)
    rota, _ = crew.published(wren)
    admin = crew.people.person(roles=(Role.ADMIN,))
    with db.writing():
        end_role(wren, Role.COORDINATOR, by=admin, today=TODAY, now=NOW)
    assert seats(rota)[0].person_id == wren.id


def test_a_shift_that_is_running_or_over_is_left_as_it_was(crew: Crew) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    rota, seat = crew.published(wren)
    with db.writing():
        suspend(db.session.get_one(Person, wren.id), by=crew.assessor, now=seat.starts_at)
    assert seats(rota)[0].person_id == wren.id


def test_the_sweep_releases_what_a_stricter_pathway_leaves_behind_and_nothing_else(crew: Crew) -> None:
    """From Tuesday on, moderating asks to have been observed leading, which nobody here was."""
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    rota = crew.rota(crew.evenings())
    for seat in seats(rota):
        crew.give(rota, seat, wren)
    crew.publish(rota)
    releasing.sweep(NOW)
    assert [seat.person_id for seat in seats(rota)] == [wren.id, wren.id]
    stricter = documents.on(Pathway, TODAY).model_dump(mode="json")
    stricter["duties"]["moderator"]["needs"].append("observed-lead")
    with db.writing():
        tuesday = MONDAY + timedelta(days=1)
        documents.write("pathway", stricter, holds_from=tuesday, why="Safer", by=crew.assessor.id, now=NOW)
    releasing.sweep(NOW)
    assert [seat.person_id for seat in seats(rota)] == [wren.id, None]
    assert ("seat-released", wren.id) in notified()


@pytest.mark.parametrize("says_it_as_absence", [False, True])
def test_seats_held_only_because_leave_stops_a_clock_are_released_when_the_leave_is_taken_back(
    crew: Crew, says_it_as_absence: bool
) -> None:
    """Trained in June, Wren is current until Sunday, and for three days more with leave from Friday to Sunday."""
    document = documents.on(Pathway, TODAY).model_dump(mode="json")
    document["requirements"]["safeguarding"]["within"] = {"least": 1, "days": 265}
    with db.writing():
        documents.write("pathway", document, holds_from=TODAY, why="Lately", by=crew.assessor.id, now=NOW)
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    first, last = TODAY + timedelta(days=1), TODAY + timedelta(days=3)
    with db.writing():
        if says_it_as_absence:
            asked = absences.absence_asked(wren, first, last, now=NOW)
            said = absences.be_away(wren, first, last, seen=asked.mark, by=wren.id, now=NOW).id
        else:
            said = availability.set_leave(wren.id, first, last, zone=LONDON, now=NOW).id
    rota, _ = crew.published(wren)
    assert seats(rota)[0].person_id == wren.id
    with db.writing():
        if says_it_as_absence:
            absences.come_back(said, person_id=wren.id, by=wren.id, now=NOW)
        else:
            availability.remove_exception(wren.id, said, now=NOW)
    assert seats(rota)[0].person_id is None
    assert ("seat-released", wren.id) in notified()


def test_who_loses_a_duty_after_the_daily_sweep_is_on_no_shift_that_begins_before_the_next_one(crew: Crew) -> None:
    """A pathway that is written in the evening holds from midnight, five hours before the daily sweep."""
    wren, robin = crew.moderator("Wren"), crew.moderator("Robin")
    crew.always_can(wren, robin)
    rota = crew.rota(crew.evenings(starts=time(0), ends=time(4)))
    for seat, person in zip(seats(rota), (wren, robin), strict=True):
        crew.give(rota, seat, person)
    crew.publish(rota)
    stricter = documents.on(Pathway, TODAY).model_dump(mode="json")
    stricter["duties"]["moderator"]["needs"].append("observed-lead")
    evening = clock.starts(MONDAY, LONDON) - timedelta(hours=3)
    with db.writing():
        documents.write("pathway", stricter, holds_from=MONDAY, why="Safer", by=crew.assessor.id, now=evening)
    releasing.sweep_soon(evening)
    assert [seat.person_id for seat in seats(rota)] == [None, robin.id]


def test_the_sweep_run_twice_notifies_nobody_twice(crew: Crew) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    rota, _ = crew.published(wren)
    with db.writing():
        db.session.get_one(Person, wren.id).state = PersonState.SUSPENDED
        audit.record("people.suspended", by=None, subject=f"person:{wren.id}", now=NOW)
    for _ in range(2):
        releasing.sweep(NOW + timedelta(minutes=1))
    assert seats(rota)[0].person_id is None
    assert [row for row in notified() if row[0] == "seat-released"] == [("seat-released", wren.id)]


def lapsing_together(crew: Crew, *people: Person, evenings: int = 2) -> Rota:
    """A published rota on which each has every evening, and no account of theirs holds any more."""
    rota = crew.rota(crew.evenings("Board", Need(Duty.MODERATOR, len(people), len(people), len(people))), days=evenings)
    for place, seat in enumerate(seats(rota)):
        crew.give(rota, seat, people[place % len(people)])
    crew.publish(rota)
    with db.writing():
        for each in people:
            db.session.get_one(Person, each.id).state = PersonState.SUSPENDED
            audit.record("people.suspended", by=None, subject=f"person:{each.id}", now=NOW)
    return rota


def test_a_sweep_that_takes_seats_from_several_people_tells_each_planner_once_of_all_of_them(crew: Crew) -> None:
    wren, robin, teal = crew.moderator("Wren"), crew.moderator("Robin"), crew.moderator("Teal")
    tansy, rook = (crew.people.person(name, roles=(Role.COORDINATOR,)) for name in ("Tansy", "Rook"))
    crew.always_can(wren, robin, teal)
    rota = lapsing_together(crew, wren, robin, teal)
    releasing.sweep(NOW)
    assert {seat.person_id for seat in seats(rota)} == {None}
    assert sorted(row.person_id for row in queued("shift-dropped")) == sorted([tansy.id, rook.id])
    subject, text, html = newest_email("shift-dropped", tansy.id)
    assert subject.startswith("Open again: 6 seats")
    for body in (text, html):
        assert body.count("no longer has these shifts") == 3
        assert body.count("seat=") == 6
    releasing.sweep(NOW + timedelta(minutes=5))
    assert len(queued("shift-dropped")) == 2


def test_what_a_sweep_takes_after_its_email_went_out_is_told_in_one_of_its_own(crew: Crew) -> None:
    wren, robin = crew.moderator("Wren"), crew.moderator("Robin")
    tansy = crew.people.person("Tansy", roles=(Role.COORDINATOR,))
    crew.always_can(wren, robin)
    lapsing_together(crew, wren, robin)
    held = seats_held_by([wren.id], NOW, NOW + timedelta(days=60))
    with db.writing():
        releasing.release(wren.id, held, why=ChangeReason.NOT_CLEARED, now=NOW, is_sweep=True)
    with db.writing():
        queued("shift-dropped")[0].state = DeliveryState.SENT
    releasing.sweep(NOW)
    first, apart = queued("shift-dropped")
    assert (first.person_id, apart.person_id) == (tansy.id, tansy.id)
    seen = from_row(apart.kind, apart.facts).context(tansy.id, NOW)
    assert [name for name, _, _ in seen["listed"]] == ["Robin"]


def test_a_planner_who_lapses_reads_of_the_seats_of_others_and_of_their_own_in_another_email(crew: Crew) -> None:
    wren, robin = crew.moderator("Wren"), crew.moderator("Robin", roles=(Role.COORDINATOR,))
    crew.always_can(wren, robin)
    rota = crew.rota(crew.evenings("Board", Need(Duty.MODERATOR, 2, 2, 2)), days=1)
    for seat, person in zip(seats(rota), (wren, robin), strict=True):
        crew.give(rota, seat, person)
    crew.publish(rota)
    stricter = documents.on(Pathway, TODAY).model_dump(mode="json")
    stricter["duties"]["moderator"]["needs"].append("observed-lead")
    with db.writing():
        documents.write("pathway", stricter, holds_from=MONDAY, why="Safer", by=crew.assessor.id, now=NOW)
    releasing.sweep(NOW)
    (row,) = queued("shift-dropped")
    assert row.person_id == robin.id
    _, text, _ = newest_email("shift-dropped", robin.id)
    assert "Wren no longer has this shift" in text
    assert text.count("\n- ") == 1


def test_a_long_sweep_is_told_in_an_email_of_bounded_length_with_the_way_to_the_rest(crew: Crew) -> None:
    wren, robin, teal = crew.moderator("Wren"), crew.moderator("Robin"), crew.moderator("Teal")
    tansy = crew.people.person("Tansy", roles=(Role.COORDINATOR,))
    crew.always_can(wren, robin, teal)
    lapsing_together(crew, wren, robin, teal, evenings=6)
    releasing.sweep(NOW)
    subject, text, html = newest_email("shift-dropped", tansy.id)
    assert subject.startswith("Open again: 18 seats")
    assert text.count("\n- ") == SEATS_LISTED
    for body in (text, html):
        assert f"And {18 - SEATS_LISTED} more, of 3 people in all" in body
        assert "/cover" in body


def test_a_corrected_birth_date_frees_only_the_nights_and_adult_duties_of_a_person_under_18(
    crew: Crew,
) -> None:
    """Everybody here offered the whole week; hosting asks for no age, so what decides is the hour."""
    wren, sable = crew.peer("Wren"), crew.people.person("Sable", roles=(Role.ASSESSOR,))
    rook = crew.moderator("Rook")
    crew.always_can(wren, rook)
    needs = (Need(Duty.MODERATOR, 1, 1, 1), Need(Duty.HOST, 1, 1, 1))
    with db.writing():
        channel = channels.open_channel("Board", ChannelKind.BOARD, by=None, now=NOW)
        evening = PatternSpan(EVERY_DAY, time(18), time(22), "Evening", needs)
        night = PatternSpan(EVERY_DAY, time(22), time(2), "Night", needs)
        first_day = MONDAY - timedelta(days=28)
        channels.write_pattern(channel, [evening, night], starts_on=first_day, zone=LONDON, by=None, now=NOW)
    rota = crew.rota(channel, days=2)
    places = sorted(seats(rota), key=lambda seat: (seat.starts_at, seat.duty))
    for seat in places:
        evening_of_first = seat.starts_at == places[0].starts_at
        night_of_second = seat.starts_at == places[-1].starts_at
        if evening_of_first or night_of_second:
            crew.give(rota, seat, wren if seat.duty is Duty.HOST else rook)
    crew.publish(rota)
    held = {(seat.starts_at, seat.duty) for seat in seats(rota) if seat.person_id == wren.id}
    assert len(held) == 2

    correct_birth_date(wren, sable)
    left = {(seat.starts_at, seat.duty) for seat in seats(rota) if seat.person_id == wren.id}
    assert left == {min(held)}
    assert ("seat-released", wren.id) in notified()
    assert {seat.person_id for seat in seats(rota) if seat.duty is Duty.MODERATOR} == {rook.id, None}

    correct_birth_date(rook, sable)
    assert {seat.person_id for seat in seats(rota) if seat.duty is Duty.MODERATOR} == {None}


def test_the_shifts_that_a_birth_date_would_free_are_listed_before_and_are_the_ones_that_become_free(
    crew: Crew,
) -> None:
    wren, sable = crew.moderator("Wren"), crew.people.person("Sable", roles=(Role.ASSESSOR,))
    crew.always_can(wren)
    rota, seat = crew.published(wren)
    asked = following(wren, sable)
    assert [(loss.starts_at, loss.ends_at) for loss in asked.freed] == [(seat.starts_at, seat.ends_at)]
    assert seats(rota)[0].person_id == wren.id
    assert notified() == {("rota-published", wren.id)}
    done = correct_birth_date(wren, sable)
    assert done.freed == asked.freed
    assert seats(rota)[0].person_id is None


def test_what_was_agreed_to_is_asked_again_once_other_shifts_would_become_free(crew: Crew) -> None:
    wren, sable = crew.moderator("Wren"), crew.people.person("Sable", roles=(Role.ASSESSOR,))
    crew.always_can(wren)
    before = following(wren, sable)
    assert before.freed == ()
    rota, _ = crew.published(wren)
    with pytest.raises(ConfirmationRequired) as again:
        correct_birth_date(wren, sable, agreed=before.mark)
    assert len(again.value.consequences.freed) == 1
    assert seats(rota)[0].person_id == wren.id


def test_an_age_that_only_rises_frees_nothing_and_signs_nobody_out(crew: Crew) -> None:
    wren, sable = crew.people.person("Wren", born_on=date(2012, 1, 1)), crew.people.person("Sable")
    asked = following(wren, sable)
    assert (asked.freed, asked.signs_out) == ((), False)
    assert (asked.was_age or 0) < (asked.age or 0)


def test_a_version_of_a_policy_says_how_many_coming_seats_it_frees_and_frees_none_itself(crew: Crew) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    rota = crew.rota(crew.evenings())
    for seat in seats(rota):
        crew.give(rota, seat, wren)
    crew.publish(rota)
    kind, document = versions.kind_named("pathway"), documents.on(Pathway, TODAY).model_dump(mode="json")
    document["duties"]["moderator"]["needs"].append("observed-lead")
    stricter, tuesday = Pathway.model_validate(document), MONDAY + timedelta(days=1)
    freed = comparison.would_free(kind, stricter, holds_from=tuesday, now=NOW)
    assert (freed.seats, freed.people) == (1, 1)
    same = documents.on(Pathway, TODAY)
    assert comparison.would_free(kind, same, holds_from=tuesday, now=NOW).seats == 0
    releasing.sweep(NOW)
    assert [seat.person_id for seat in seats(rota)] == [wren.id, wren.id]
