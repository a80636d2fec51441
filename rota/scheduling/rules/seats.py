"""Rules about one person on one seat: cleared for it, free for it, old enough for its hours."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from progression.intervals import covers
from rota.scheduling.instants import adult_from, minutes_between, minutes_within_hours
from rota.scheduling.offered_time import is_away, not_available, not_offered, offered_minutes, partial_offer
from rota.scheduling.roster import Roster, RosterPerson, RosterShift, Stint
from rota.scheduling.roster_data import RosterData
from rota.scheduling.rules.base import LITTLE_REST, Breach, DataNeed, Obstacle, SeatRule
from rota.scheduling.rules.policy import ClockSettings, CoolDownSettings, RuleSettings, Severity
from rota.scheduling.wording import instant_in_words


class Clearance(SeatRule):
    """A person does only what they are cleared for, from the first minute of the shift to the last."""

    key = "clearance"
    statement = "Everyone is trained, checked and signed off for what they do, for the whole shift."
    needs = (DataNeed(RosterData.CLEARANCES, "nobody may do anything"),)
    can_leave_seats_empty = False  # Explanations set it aside duty by duty instead.

    def forbids(self, roster: Roster, person: RosterPerson, stint: Stint) -> bool:
        return not covers(person.clearances.get(stint.duty, ()), stint.starts_at, stint.ends_at)

    def reason(self, roster: Roster, person: RosterPerson, stint: Stint) -> str:
        cleared = person.clearances.get(stint.duty, ())
        duty = stint.duty.words
        lapses = [i.end for i in cleared if i.start <= stint.starts_at < i.end < stint.ends_at]
        if lapses:
            return (
                f"{person.name}’s clearance for {duty} ends on {instant_in_words(lapses[0], roster)}, during the shift."
            )
        if past := [i.end for i in cleared if i.end <= stint.starts_at]:
            return f"{person.name}’s clearance for {duty} ended on {instant_in_words(max(past), roster)}."
        if coming := [i.start for i in cleared if i.start > stint.starts_at]:
            return f"{person.name} is cleared for {duty} only from {instant_in_words(min(coming), roster)}."
        return f"{person.name} is not cleared for {duty}."


class Availability(SeatRule):
    """People are asked only for time they offered."""

    key = "availability"
    statement = "People are on duty only when they said they can be."
    needs = (DataNeed(RosterData.AVAILABILITY, "nobody is available"),)
    can_leave_seats_empty = False  # Explanations count what was offered instead.
    is_preference = True

    @property
    def limit(self) -> str:
        return "People are asked only for time they offered."

    def excess(self, roster: Roster, person: RosterPerson, stint: Stint) -> float:
        whole = minutes_between(stint.starts_at, stint.ends_at)
        return 1 - offered_minutes(person, stint.starts_at, stint.ends_at) / whole

    def possible_shifts(self, roster: Roster, person: RosterPerson) -> list[RosterShift]:
        return [shift for interval in person.availability for shift in roster.shifts_within(interval)]

    def forbids(self, roster: Roster, person: RosterPerson, stint: Stint) -> bool:
        starts_at, ends_at = stint.starts_at, stint.ends_at
        # Somebody who is away is `Absence`'s to judge.
        return not covers(person.availability, starts_at, ends_at) and not is_away(person, starts_at, ends_at)

    def reason(self, roster: Roster, person: RosterPerson, stint: Stint) -> str:
        if offered := partial_offer(roster, person, stint.starts_at, stint.ends_at):
            return f"{person.name} {offered}."
        return not_offered(person)


class Absence(SeatRule):
    """Nobody is given a seat at a time at which they are away, however the policy weighs what people offered.

    No reason sets it aside, because nobody may tell it from people who are kept apart (`Apart`). Who can come after all
    says so, and so takes the absence back.
    """

    key = Availability.key
    statement = "Nobody is on duty while they are away."
    monotone = True
    can_leave_seats_empty = False
    is_preference = True

    def __init__(self, settings: RuleSettings) -> None:
        super().__init__(settings)
        self.severity = Severity.HARD

    def forbids(self, roster: Roster, person: RosterPerson, stint: Stint) -> bool:
        return is_away(person, stint.starts_at, stint.ends_at)

    def reason(self, roster: Roster, person: RosterPerson, stint: Stint) -> str:
        # The reason for an absence is private, so the sentence is the same for every reason.
        return not_available(person)

    def breach(self, person: RosterPerson, sentence: str, *stints: Stint, excess: float = 1.0) -> Breach:
        return replace(super().breach(person, sentence, *stints, excess=excess), is_absence=True)


NightMinutes = Callable[[datetime, datetime, time, time], int]
"""Minutes between two instants that lie within hours of the clock."""


class Under18Nights(SeatRule):
    """Nobody works at night before the day on which they turn 18 has begun."""

    key = "under_18_nights"
    statement = "Nobody under 18 works at night."
    protects = "people under 18 could be given night shifts"
    needs = (DataNeed(RosterData.AGES, "everybody counts as under 18"),)
    obstacle = Obstacle("does not work at night under the rota rules", "do not work at night under the rota rules")

    def __init__(self, settings: ClockSettings) -> None:
        super().__init__(settings)
        self.starts, self.ends = settings.starts, settings.ends

    def forbids(self, roster: Roster, person: RosterPerson, stint: Stint) -> bool:
        adult_since = roster.adult_from(person)
        return self._forbids(adult_since, stint.starts_at, stint.ends_at, roster.night_minutes)

    def forbids_hours(self, born_on: date | None, starts_at: datetime, ends_at: datetime, zone: ZoneInfo) -> bool:
        """Whether somebody born on a day, or on an unknown one, may not work between two instants."""
        night_minutes = partial(minutes_within_hours, zone=zone)
        return self._forbids(adult_from(born_on, zone), starts_at, ends_at, night_minutes)

    def _forbids(
        self, adult_since: datetime | None, starts_at: datetime, ends_at: datetime, night_minutes: NightMinutes
    ) -> bool:
        if adult_since is not None and adult_since <= starts_at:
            return False
        under_age_until = ends_at if adult_since is None else min(ends_at, adult_since)
        return night_minutes(starts_at, under_age_until, self.starts, self.ends) > 0

    def reason(self, roster: Roster, person: RosterPerson, stint: Stint) -> str:
        # Ages are private: those who plan read the same of somebody under 18 and of somebody whose age is not known.
        hours = f"{self.starts:%H:%M} and {self.ends:%H:%M}"
        return f"{person.name} does not work between {hours} under the rota rules."


class CoolDown(SeatRule):
    """After a shift that was noted as hard there is a rest before the next."""

    key = "cool_down"
    statement = "After a hard shift everyone has time before the next."
    protects = "people could be given a shift soon after a hard one"
    needs = (DataNeed(RosterData.HARD_SHIFTS, "no shift is followed by a longer rest"),)
    obstacle = LITTLE_REST

    def __init__(self, settings: CoolDownSettings) -> None:
        super().__init__(settings)
        self.rest = timedelta(hours=settings.hours)

    def forbids(self, roster: Roster, person: RosterPerson, stint: Stint) -> bool:
        return any(
            hard.was_hard and hard.ends_at <= stint.starts_at < hard.ends_at + self.rest for hard in person.commitments
        )

    def excess(self, roster: Roster, person: RosterPerson, stint: Stint) -> float:
        return (self._until(person, stint) - stint.starts_at) / self.rest

    def reason(self, roster: Roster, person: RosterPerson, stint: Stint) -> str:
        # That a shift was hard is private to the person and the one who debriefed them.
        return f"{person.name} is resting until {instant_in_words(self._until(person, stint), roster)}."

    def _until(self, person: RosterPerson, stint: Stint) -> datetime:
        hard = (c.ends_at + self.rest for c in person.commitments if c.was_hard)
        return min(until for until in hard if until > stint.starts_at)
