"""What somebody who plans asks of others on a person's behalf, by the same rules: cover, or hands for some hours.

The person gets one e-mail that says who did it, beside what they would get anyway.
"""

from __future__ import annotations

from datetime import datetime

from app.people.models import Person
from rota.exchanges import changes, parts
from rota.exchanges.changes import NewMove
from rota.exchanges.models import ChangeKind, SeatChange
from rota.exchanges.part_hours import own_seat_ahead
from rota.shifts.my_shifts import own_seat
from rota.shifts.on_behalf import tell_whom_it_was_done_for
from rota.store.seat_parts import get_part


def ask_for_cover_for(assignment_id: int, person: Person, *, by: Person, now: datetime) -> SeatChange:
    """Ask for cover of a person's shift, which stays theirs until somebody takes it."""
    seat = own_seat(assignment_id, person)
    made = changes.propose(ChangeKind.COVER, [NewMove(seat.id, None)], asker=person.id, asked=(), by=by.id, now=now)
    _tell("cover-asked", seat_change=made, assignment_id=assignment_id, person=person, by=by, now=now)
    return made


def offer_part_for(
    assignment_id: int, person: Person, starts_at: datetime, ends_at: datetime, *, by: Person, now: datetime
) -> SeatChange:
    """Offer some hours of a person's shift to everybody whom they fit; refuses what the person could not offer."""
    made = parts.offer_part(assignment_id, person, starts_at, ends_at, by=by.id, now=now)
    _tell("part-offered", seat_change=made, assignment_id=assignment_id, person=person, by=by, now=now)
    return made


def give_part_back_for(part_id: int, person: Person, *, by: Person, now: datetime) -> None:
    """Give back hours that a person took, before their deadline; the person who has the shift works them again."""
    part = get_part(part_id, person.id)
    parts.give_part_back(part_id, person, by=by.id, now=now)
    once = f"part-given-back:{part_id}:{person.id}"
    tell_whom_it_was_done_for("part-given-back", part, person, by=by, now=now, once=once)


def _tell(what: str, *, seat_change: SeatChange, assignment_id: int, person: Person, by: Person, now: datetime) -> None:
    seat = own_seat_ahead(assignment_id, person.id, now=now)
    once = f"{what}:{seat_change.id}:{person.id}"
    tell_whom_it_was_done_for(what, seat, person, by=by, now=now, once=once)
