"""The parts of a roster that rules need, so that a rule whose data nothing supplies can be marked as not in use."""

from __future__ import annotations

from enum import StrEnum


class RosterData(StrEnum):
    """A part of a roster that a rule needs. The value names where it comes from, as in "Nightlight has no …"."""

    CLEARANCES = "record of the duties that people are cleared for"
    AVAILABILITY = "page on which people offer their time"
    AGES = "record of how old people are"
    STAGES = "record of the stage that people have reached"
    COMMITMENTS = "record of the shifts that people have outside this rota"
    SHIFT_KINDS = "page on which shifts are given a name"
    PAIRS = "page on which people are kept apart or put together"
    NEWCOMERS = "record of who is new to the work"
    LIMITS = "page on which people say how much they want at most"
    LEAST = "page on which people say how much they want at least"
    RUNS = "page on which people limit their days in a row, days off or weekends"
    WISHES = "page on which people say which shifts they would like or like to avoid"
    STANDING_SLOTS = "page on which people are given the same seat every week"
    LOAD = "record of the nights that people had before the period"
    HARD_SHIFTS = "page on which a shift is noted as a hard one"
