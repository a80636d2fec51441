"""Which seats count, and what a shift is short of: one rule for every page."""

from __future__ import annotations

from datetime import timedelta

from app import db
from app.policies import documents
from progression.duties import Duty
from rota.scheduling.cover_pattern import Need
from rota.scheduling.rules.policy import RotaRules
from rota.store.models import ChannelKind
from rota.store.seats import SeatRow
from rota.store.shortages import Filling, as_published, filling, shortage, shortages
from tests.rota.crew import LONDON, MONDAY, Crew, seats
from tests.times import NOW

NEEDS = (Need(Duty.LEAD, 1, 1, 1), Need(Duty.MODERATOR, 1, 2, 3), Need(Duty.SHADOW, 0, 1, 1))


def of_one_shift(crew: Crew, *needs: Need, kind: ChannelKind = ChannelKind.BOARD) -> list[SeatRow]:
    return seats(crew.rota(crew.evenings("Board", *needs, kind=kind), days=1))


def judged(of_shift: list[SeatRow], *taken: int) -> tuple[str, str] | None:
    """The mark and the words of a shift of which the seats at these places are taken."""
    ids = {of_shift[place].id for place in taken}
    found = shortage(of_shift, lambda seat: seat.id in ids, zone=LONDON, now=NOW)
    return None if found is None else (found.kind, found.words)


def test_a_shift_is_empty_alone_or_short_by_the_wanted_seats_of_people_who_count(crew: Crew) -> None:
    shift = of_one_shift(crew, *NEEDS)  # a lead, two wanted moderators, a third that is optional, a shadow
    assert judged(shift) == ("empty", "Empty")
    assert judged(shift, 4) == ("empty", "Empty"), "a shadow covers nothing"
    assert judged(shift, 1) == ("alone", "One person alone, short by 2")
    assert judged(shift, 0, 1) == ("short", "Short by 1")
    assert judged(shift, 0, 1, 2) is None


def test_one_person_alone_is_said_even_where_only_one_was_wanted(crew: Crew) -> None:
    assert judged(of_one_shift(crew), 0) == ("alone", "One person alone")


def test_the_on_call_line_is_one_person_by_design(crew: Crew) -> None:
    line = of_one_shift(crew, Need(Duty.ON_CALL, 1, 1, 1), kind=ChannelKind.ON_CALL)
    assert judged(line, 0) is None
    assert judged(line) == ("empty", "Nobody is on call")


def test_whether_one_person_may_be_alone_is_asked_of_the_rules_of_the_shifts_day(crew: Crew) -> None:
    rules = documents.on(RotaRules, MONDAY).model_dump(mode="json")
    rules["nobody_alone"]["severity"] = "unused"
    with db.writing():
        tuesday = MONDAY + timedelta(days=1)
        documents.write("rota-rules", rules, holds_from=tuesday, why="A test", by=crew.assessor.id, now=NOW)
    both = seats(crew.rota(crew.evenings(), days=2))
    found = shortages(both, lambda _seat: True, zone=LONDON, now=NOW)
    assert [each.place.starts_at.day for each in found] == [22]


def test_a_seat_counts_until_its_shift_is_over(crew: Crew) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    rota, first = crew.published(wren)
    both = seats(rota)
    for now, counted in ((NOW, Filling(1, 2)), (first.starts_at, Filling(1, 2)), (first.ends_at, Filling(0, 1))):
        assert filling(both, as_published, now=now) == counted
    (on_now, _) = shortages(both, as_published, zone=LONDON, now=first.starts_at)
    assert on_now.has_begun


def test_people_on_seats_beyond_those_wanted_are_counted_apart(crew: Crew) -> None:
    shift = of_one_shift(crew, *NEEDS)  # the third moderator's seat is optional
    taken = {shift[place].id for place in (1, 2, 3, 4)}
    assert filling(shift, lambda seat: seat.id in taken, now=NOW) == Filling(2, 3, beyond=1)
