"""A first plan in well under a second: seat after seat, the scarcest first, to whoever has least so far."""

from __future__ import annotations

from collections import Counter

from progression.duties import Duty
from rota.scheduling.engine.model import RosterModel
from rota.scheduling.engine.program import ONE
from rota.scheduling.roster import RosterLine, RosterShift, Seating
from rota.scheduling.rules.book import person_breaches, rules_in_force
from rota.scheduling.rules.policy import Severity

_ORDER = (Duty.LEAD, Duty.ON_CALL, Duty.MODERATOR, Duty.HOST, Duty.SHADOW)
"""Who looks after others is seated before those who are looked after."""


def seat_by_seat(model: RosterModel) -> list[int]:
    """An answer that keeps every rule, or nobody at all where what is fixed leaves no such answer."""
    seating = _SoFar(model)
    for wanted in (False, True):
        for duty in _ORDER:
            lines = [(shift, line) for shift in model.roster.shifts for line in shift.lines if line.duty is duty]
            lines.sort(key=lambda pair: (len(seating.able(*pair)), pair[0].starts_at, pair[0].id))
            for shift, line in lines:
                seating.fill(shift, line, line.wanted if wanted else line.minimum)
    answer = seating.answer()
    return answer if model.program.holds(answer) else model.nobody()


class _SoFar:
    """Who sits where so far, and how far each row about seats alone is used up."""

    def __init__(self, model: RosterModel) -> None:
        self._model = model
        self._seats: dict[tuple[int, Duty], list[tuple[int, int]]] = {}
        for seat, variable in model.seats.items():
            # Some seats are out of reach from the start: a peer's where nobody could be beside them.
            if model.program.highs[variable]:
                self._seats.setdefault((seat.shift_id, seat.duty), []).append((seat.person_id, variable))
        seats = set(model.seats.values())
        self._room: list[int] = []
        self._uses: dict[int, list[tuple[int, int]]] = {}
        for row in model.program.rows:
            if row.high is not None and all(variable in seats for _, variable in row.terms):
                for number, variable in row.terms:
                    self._uses.setdefault(variable, []).append((len(self._room), number))
                self._room.append(row.high)
        self._seats_of: dict[int, list[tuple[Seating, int]]] = {}
        self._taken = {ONE}
        self._given: Counter[int] = Counter()
        self._offered = Counter(seat.person_id for seat in model.seats)
        self._book = rules_in_force(model.roster.rules, model.roster.pairs)

    def able(self, shift: RosterShift, line: RosterLine) -> list[tuple[int, int]]:
        """All who may come to sit there, with their variable."""
        return self._seats.get((shift.id, line.duty), [])

    def fill(self, shift: RosterShift, line: RosterLine, needed: int) -> None:
        """Seat people until there are so many, as far as there are any."""
        able = self.able(shift, line)
        missing = needed - sum(1 for _, variable in able if variable in self._taken)
        # Whoever has least so far, then whoever could sit in the fewest other places; newcomers after the rest.
        by_person = self._model.roster.person_by_id
        for person_id, variable in sorted(
            able, key=lambda seat: (by_person[seat[0]].is_newcomer, self._given[seat[0]], self._offered[seat[0]])
        ):
            if missing <= 0:
                return
            uses = self._uses.get(variable, ())
            if variable in self._taken or any(number > self._room[row] for row, number in uses):
                continue
            if not self._keeps_to_themselves(person_id, variable):
                continue
            for row, number in uses:
                self._room[row] -= number
            self._taken.add(variable)
            self._given[person_id] += 1
            missing -= 1

    def _keeps_to_themselves(self, person_id: int, variable: int) -> bool:
        """The rules that rows about seats alone do not say: runs of nights, weekends and the like."""
        roster = self._model.roster
        person = roster.person_by_id[person_id]
        mine = [s for s, v in self._mine(person_id) if v in self._taken or v == variable]
        found = person_breaches(roster, self._book, person, roster.stints(person, mine))
        return not any(b.severity in (Severity.HARD, Severity.OVERRIDABLE) for b in found)

    def _mine(self, person_id: int) -> list[tuple[Seating, int]]:
        if not self._seats_of:
            for seat, variable in self._model.seats.items():
                self._seats_of.setdefault(seat.person_id, []).append((seat, variable))
        return self._seats_of.get(person_id, [])

    def answer(self) -> list[int]:
        """The answer so far."""
        values = [int(v in self._taken) or low for v, low in enumerate(self._model.program.lows)]
        return self._model.settled(values)
