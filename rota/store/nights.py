"""Whether a time is a night, by the rules of the day on which it begins: one answer for figures and records."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from app import clock
from app.policies import documents
from progression.duties import Duty
from rota.scheduling.roster import Roster, Stint
from rota.scheduling.rules.nights import NightsInThePeriod
from rota.scheduling.rules.policy import RotaRules


class Nights:
    """The rules of each day, and what they call a night. Each is worked out once, so one serves thousands of seats."""

    def __init__(self, zone: ZoneInfo) -> None:
        self.zone = zone
        self._nights: dict[tuple[datetime, datetime], bool] = {}
        self._rules: dict[date, tuple[RotaRules, NightsInThePeriod, Roster]] = {}

    def rules_of(self, day: date) -> RotaRules:
        """The rules that held on a day."""
        return self._of_day(day)[0]

    def is_night(self, starts_at: datetime, ends_at: datetime) -> bool:
        """Whether the rules of the day on which this time begins call it a night."""
        key = starts_at, ends_at
        if key not in self._nights:
            _, rule, clockwork = self._of_day(clock.on(starts_at, self.zone))
            self._nights[key] = rule.is_night(clockwork, Stint(starts_at, ends_at, Duty.MODERATOR, ""))
        return self._nights[key]

    def _of_day(self, day: date) -> tuple[RotaRules, NightsInThePeriod, Roster]:
        if day not in self._rules:
            rules = documents.on(RotaRules, day)
            rule = NightsInThePeriod(rules.nights_in_the_period)
            self._rules[day] = rules, rule, Roster(self.zone, rules, (), ())
        return self._rules[day]
