"""Rules about one person on one seat: cleared for it, free for it, old enough for its hours."""

from __future__ import annotations

from datetime import datetime, timedelta

from progression.intervals import covers
from rota.scheduling.offered_time import is_away, offer_words, offered_minutes, spoken_length
from rota.scheduling.roster import Roster, RosterPerson, RosterShift, Stint, minutes_between
from rota.scheduling.rules.base import SeatRule, spoken
from rota.scheduling.rules.policy import ClockSettings, CoolDownSettings


class Clearance(SeatRule):
    """A person does only what they are cleared for, from the first minute of the shift to the last."""

    key = "clearance"
    words = "Everyone is trained, checked and signed off for what they do, for the whole shift."

    def blocks(self, roster: Roster, person: RosterPerson, stint: Stint) -> bool:
        return not covers(person.clearances.get(stint.duty, ()), stint.starts_at, stint.ends_at)

    def why(self, roster: Roster, person: RosterPerson, stint: Stint) -> str:
        cleared = person.clearances.get(stint.duty, ())
        duty = stint.duty.words
        lapses = [i.end for i in cleared if i.start <= stint.starts_at < i.end < stint.ends_at]
        if lapses:
            return f"{person.name}’s clearance for {duty} ends on {spoken(lapses[0], roster)}, during the shift."
        if past := [i.end for i in cleared if i.end <= stint.starts_at]:
            return f"{person.name}’s clearance for {duty} ended on {spoken(max(past), roster)}."
        if coming := [i.start for i in cleared if i.start > stint.starts_at]:
            return f"{person.name} is cleared for {duty} only from {spoken(min(coming), roster)}."
        return f"{person.name} is not cleared for {duty}."


class Availability(SeatRule):
    """People are asked only for time they offered."""

    key = "availability"
    words = "People are on duty only when they said they can be."
    is_preference = True

    @property
    def limit_words(self) -> str:
        return "People are asked only for time they offered."

    def excess(self, roster: Roster, person: RosterPerson, stint: Stint) -> float:
        whole = minutes_between(stint.starts_at, stint.ends_at)
        return 1 - offered_minutes(person, stint.starts_at, stint.ends_at) / whole

    def narrowed(self, roster: Roster, person: RosterPerson) -> list[RosterShift]:
        return [shift for interval in person.availability for shift in roster.shifts_within(interval)]

    def blocks(self, roster: Roster, person: RosterPerson, stint: Stint) -> bool:
        return not covers(person.availability, stint.starts_at, stint.ends_at)

    def why(self, roster: Roster, person: RosterPerson, stint: Stint) -> str:
        starts_at, ends_at = stint.starts_at, stint.ends_at
        # Why somebody is away is theirs to tell, so the sentence is the same for every reason.
        if is_away(person, starts_at, ends_at):
            return f"{person.name} is away then."
        if offered := offer_words(roster, person, starts_at, ends_at):
            short = minutes_between(starts_at, ends_at) - offered_minutes(person, starts_at, ends_at)
            return f"{person.name} {offered}, {spoken_length(short)} short."
        # Whoever is kept apart from somebody is told in these very words, so that nobody can read it from them.
        return f"{person.name} is not available for the whole shift."


class Under18Nights(SeatRule):
    """Nobody works at night before the day they turn 18 has begun."""

    key = "under_18_nights"

    words = "Nobody under 18 works at night."

    def __init__(self, settings: ClockSettings) -> None:
        super().__init__(settings)
        self.starts, self.ends = settings.starts, settings.ends

    def blocks(self, roster: Roster, person: RosterPerson, stint: Stint) -> bool:
        adult_from = roster.adult_from(person)
        if adult_from is not None and adult_from <= stint.starts_at:
            return False
        under_age_until = stint.ends_at if adult_from is None else min(stint.ends_at, adult_from)
        return roster.night_minutes(stint.starts_at, under_age_until, self.starts, self.ends) > 0

    def why(self, roster: Roster, person: RosterPerson, stint: Stint) -> str:
        hours = f"{self.starts:%H:%M} and {self.ends:%H:%M}"
        if person.born_on is None:
            return f"{person.name}’s age is not on record, so they are not asked to work between {hours}."
        return f"{person.name} is under 18 and does not work between {hours}."


class CoolDown(SeatRule):
    """After a shift that was noted as hard, nothing for a while."""

    key = "cool_down"
    words = "After a hard shift everyone has time before the next."

    def __init__(self, settings: CoolDownSettings) -> None:
        super().__init__(settings)
        self.rest = timedelta(hours=settings.hours)

    def blocks(self, roster: Roster, person: RosterPerson, stint: Stint) -> bool:
        return any(
            hard.was_hard and hard.ends_at <= stint.starts_at < hard.ends_at + self.rest for hard in person.commitments
        )

    def excess(self, roster: Roster, person: RosterPerson, stint: Stint) -> float:
        return (self._until(person, stint) - stint.starts_at) / self.rest

    def why(self, roster: Roster, person: RosterPerson, stint: Stint) -> str:
        # That a shift was hard is between the person and who debriefed them.
        return f"{person.name} is resting until {spoken(self._until(person, stint), roster)}."

    def _until(self, person: RosterPerson, stint: Stint) -> datetime:
        hard = (c.ends_at + self.rest for c in person.commitments if c.was_hard)
        return min(until for until in hard if until > stint.starts_at)
