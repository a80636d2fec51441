"""What may happen to the published shifts of a week, one step after another, for tests of any sequence.

A new way in which seats change hands is one more method of `Steps`, and its name in `CHANGED`.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, select

from app import clock, db
from app.people.models import Person
from app.refusals import Refusal
from rota.exchanges import changes, parts, trading
from rota.exchanges.ending import end_those_that_are_over
from rota.exchanges.models import Answer, ChangeKind, ChangeState, SeatChange, SeatMove
from rota.planning import drafts, publishing
from rota.planning.publishing import Told
from rota.shifts import absences, answers, claims_and_drops, offers, part_asking, releasing
from rota.store.absences import absences_of
from rota.store.draft_board import draft_board
from rota.store.models import CoverLine, Rota, Seat, Shift
from rota.store.seat_asks import SeatAsk
from rota.store.seat_part_rows import SeatPart
from rota.store.seats import SeatRow, seats_where
from tests.rota.crew import LONDON
from tests.rota.sequences import Week, act

CHANGED = (
    *("ask for cover", "take", "offer part", "take") * 2,
    "give part back",
    *("swap", "ring", "yes", "yes") * 2,
    "no",
    "withdraw",
    "decide",
    "stand in",
    *("plan",) * 2,
    "be away",
    "come back",
    "answer wave",
    "emergency",
    "jobs",
    "time",
)


@dataclass
class Steps:
    """What may happen to the shifts of one week: each method is one step, done as its page would."""

    week: Week
    coordinator: int

    def do(self, action: str, place: int, who: int) -> None:
        """Do one step in one transaction; a refusal changes nothing. Which rota it is about follows from `place`."""
        self.week.turn = place
        if action in ("time", "jobs"):
            self.pass_time(place, who) if action == "time" else self.work()
            return
        with suppress(Refusal), db.writing():
            if (step := getattr(self, action.replace(" ", "_"), None)) is not None:
                step(place, who)
            else:
                act(self.week, (action, place, who))

    def fill(self) -> None:
        """Draft one person for each shift of the rota whose turn it is, one after the other."""
        people = [person for number, person in enumerate(self.week.team) if number != 2]
        with db.writing():
            draft = drafts.open_draft(self.week.rota, by=self.coordinator, now=self.week.now)
            board = draft_board(self.week.rota)
            first = [seat for seat in board.seats if seat.number == 1]
            wanted = {seat.id: people[(n + self.week.turn) % len(people)] for n, seat in enumerate(first)}
            drafts.lay_proposal(draft, board, wanted, by=self.coordinator, now=self.week.now)

    def pass_time(self, place: int, who: int) -> None:
        """Some hours pass, a day at most."""
        self.week.now += timedelta(hours=4 * (place % 3 + 1) * (1 + who % 2))

    def work(self) -> None:
        """All that a worker does by itself with seats."""
        releasing.sweep(self.week.now)
        end_those_that_are_over(self.week.now)
        offers.ask_people(self.week.now)
        part_asking.ask_about_parts(self.week.now)

    def ask_for_cover(self, place: int, who: int) -> None:
        """Who has a seat looks for cover, or a coordinator does so for them."""
        if (seat := self._held(place)) is not None and seat.person_id is not None:
            move = changes.NewMove(seat.id, None)
            by = self._by(who, seat.person_id)
            changes.propose(ChangeKind.COVER, [move], asker=seat.person_id, asked=(), by=by, now=self.week.now)

    def offer_part(self, place: int, who: int) -> None:
        """Who has a seat offers half of its hours, and may let people be asked; or a coordinator does so for them."""
        if (seat := self._held(place)) is not None and seat.person_id is not None and seat.assignment_id is not None:
            half = seat.starts_at + (seat.ends_at - seat.starts_at) / 2
            person, by = db.session.get_one(Person, seat.person_id), self._by(who, seat.person_id)
            offer = parts.offer_part(seat.assignment_id, person, half, seat.ends_at, by=by, now=self.week.now)
            if who % 2:
                part_asking.ask_around(offer.id, by=db.session.get_one(Person, by), now=self.week.now)

    def give_part_back(self, place: int, who: int) -> None:
        """Who took a part gives it back."""
        person = self.week.person(who)
        query = select(SeatPart.id).where(SeatPart.person_id == person.id, SeatPart.ended_at.is_(None))
        if (part_id := db.session.scalars(query).first()) is not None:
            parts.give_part_back(part_id, person, by=self._by(place, person.id), now=self.week.now)

    def take(self, place: int, who: int) -> None:
        """Somebody takes a shift for which cover is asked, or a part that is offered, or a coordinator for them."""
        found = self._pending(SeatChange.kind.in_([ChangeKind.COVER, ChangeKind.PART]))
        if found:
            person_id = self.week.team[who]
            changes.take(found[place % len(found)].id, person_id, by=self._by(place, person_id), now=self.week.now)

    def swap(self, place: int, who: int) -> None:
        """Who has a seat asks up to two others to swap."""
        if (seat := self._held(place)) is not None and seat.person_id is not None and seat.assignment_id is not None:
            person = db.session.get_one(Person, seat.person_id)
            found = trading.trades_for(seat.assignment_id, person, now=self.week.now)
            in_team = [each for each in found.swaps if each.person_id in self.week.team]  # not of another example
            theirs = [each.assignment_id for each in in_team if each.assignment_id is not None][who : who + 2]
            by = self._by(who, person.id)
            trading.ask_to_swap(seat.assignment_id, theirs, person, by=by, now=self.week.now)

    def ring(self, place: int, who: int) -> None:
        """Three people pass their seats round, whether that would do or not."""
        held = [seat for seat in self._seats() if seat.person_id is not None and seat.starts_at > self.week.now]
        three = list({seat.person_id: seat for seat in (*held[place % 4 :], *held)}.values())[:3]
        if len(three) == 3:
            asker, *others = [seat.person_id or 0 for seat in three]
            moves = [changes.NewMove(seat.id, to) for seat, to in zip(three, [*others, asker], strict=True)]
            by = self._by(who, asker)
            changes.propose(ChangeKind.RING, moves, asker=asker, asked=others, by=by, now=self.week.now)

    def yes(self, place: int, who: int) -> None:
        """Somebody who was asked about a change says yes, or a coordinator does so for them."""
        self._answer(Answer.YES, place, who)

    def no(self, place: int, who: int) -> None:
        """Somebody who was asked about a change says no."""
        self._answer(Answer.NO, place, who)

    def withdraw(self, place: int, who: int) -> None:
        """Who asked for a change takes it back."""
        found = self._pending(SeatChange.asker_id.is_not(None))
        if found:
            change = found[place % len(found)]
            changes.withdraw(change.id, by=self._by(who, change.asker_id or 0), now=self.week.now)

    def decide(self, place: int, who: int) -> None:
        """A coordinator decides about a change that waits for it."""
        found = self._pending(SeatChange.state == ChangeState.ACCEPTED)
        if found:
            changes.decide(found[place % len(found)].id, agrees=who % 4 != 3, by=self.coordinator, now=self.week.now)

    def stand_in(self, place: int, who: int) -> None:
        """A coordinator takes a seat for somebody, or gives it back for who has it."""
        seat, by = self._seat(place), db.session.get_one(Person, self.coordinator)
        if seat.person_id is None or place % 3:
            claims_and_drops.claim(seat.id, self.week.person(who), now=self.week.now, by=by)
        elif seat.assignment_id is not None:
            holder = db.session.get_one(Person, seat.person_id)
            claims_and_drops.drop(seat.assignment_id, holder, now=self.week.now, by=by)

    def be_away(self, place: int, who: int) -> None:
        """Somebody cannot come on the day of a shift, as they or a coordinator say."""
        person, day = self.week.person(who), clock.on(self._seat(place).starts_at, LONDON)
        seen = absences.absence_asked(person, day, day, now=self.week.now).mark
        by = self._by(place, person.id)
        absences.be_away(person, day, day, seen=seen, by=by, now=self.week.now)
        times = clock.starts(day, LONDON), clock.ends(day, LONDON)
        self.week.away.setdefault(person.id, []).append(times)

    def come_back(self, place: int, who: int) -> None:
        """Somebody can come after all."""
        person_id = self.week.team[who]
        for absence in absences_of(person_id, now=self.week.now)[:1]:
            absences.come_back(absence.id, person_id=person_id, by=self._by(place, person_id), now=self.week.now)
            kept = self.week.away[person_id]
            self.week.away[person_id] = [t for t in kept if t[1] <= absence.starts_at or absence.ends_at <= t[0]]

    def answer_wave(self, place: int, who: int) -> None:
        """Somebody answers who was asked in a wave."""
        asked = db.session.scalars(select(SeatAsk.id).where(SeatAsk.person_id == self.week.team[who])).all()
        if asked:
            say = answers.say_no if place % 4 == 3 else answers.say_yes
            say(asked[place % len(asked)], self.week.person(who), now=self.week.now)

    def plan(self, place: int, who: int) -> None:
        """A coordinator gives a published seat to somebody, or empties it, and publishes that at once."""
        if (seat := self._held(place)) is not None:
            rota = db.session.get_one(Rota, seat.rota_id)
            if place % 4 == 3:
                drafts.clear(rota, seat.id, by=self.coordinator, now=self.week.now)
            else:
                drafts.assign(rota, seat.id, self.week.team[who], by=self.coordinator, now=self.week.now)
            publishing.publish(rota.id, by=self.coordinator, now=self.week.now, gaps_read=True)

    def emergency(self, place: int, who: int) -> None:
        """A coordinator publishes without asking anybody first."""
        told = Told(emergency="It was agreed.")
        publishing.publish(self.week.rota.id, by=self.coordinator, now=self.week.now, gaps_read=True, told=told)

    def _answer(self, said: Answer, place: int, who: int) -> None:
        found = [
            (change.id, party.person_id)
            for change in self._pending()
            for party in change.parties
            if party.answer is None
        ]
        if found:
            change_id, person_id = found[place % len(found)]
            changes.answer(change_id, person_id, said, by=self._by(who, person_id), now=self.week.now)

    def _by(self, number: int, person_id: int) -> int:
        """The person themselves, and in one of four cases a coordinator for them."""
        return self.coordinator if number % 4 == 3 else person_id

    def _seats(self) -> list[SeatRow]:
        return seats_where(Shift.rota_id.in_(self.week.rota_ids))

    def _seat(self, place: int) -> SeatRow:
        seats = self._seats()
        return seats[place % len(seats)]

    def _held(self, place: int) -> SeatRow | None:
        held = [seat for seat in self._seats() if seat.person_id is not None and seat.starts_at > self.week.now]
        return held[place % len(held)] if held else None

    def _pending(self, *conditions: ColumnElement[bool]) -> Sequence[SeatChange]:
        of_week = select(SeatMove.change_id).join(Seat).join(CoverLine).join(Shift)
        of_week = of_week.where(Shift.rota_id.in_(self.week.rota_ids))
        query = select(SeatChange).where(SeatChange.is_pending_in_sql(), SeatChange.id.in_(of_week), *conditions)
        return db.session.scalars(query.order_by(SeatChange.id)).all()
