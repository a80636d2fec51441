"""The lead of a shift, for those who are on it and want to write to them."""

from __future__ import annotations

from app.people.directory import names_of
from app.refusals import NotFound
from progression.duties import Duty
from rota.store.models import Rota, Shift
from rota.store.seat_parts import worked
from rota.store.seats import SeatRow, seats_where


def leads_of_shift(shift_id: int, person_id: int) -> tuple[SeatRow, dict[int, str]]:
    """One's own seat on a published shift, and the others who lead it, by id with their names.

    A shift that somebody is not on is unknown to them here.
    """
    at_work = worked(seats_where(Shift.id == shift_id, Rota.version > 0))
    own = next((each for each in at_work if each.person_id == person_id), None)
    if own is None:
        raise NotFound("You are not on this shift.")
    leads = {each.person_id for each in at_work if each.duty is Duty.LEAD and each.person_id not in (None, person_id)}
    return own, names_of({lead for lead in leads if lead is not None})
