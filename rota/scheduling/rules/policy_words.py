"""The rules as people read and change them: for each field of `RotaRules` its title, its sentence and its heading.

In a sentence, `{adult_hours}` stands for the figure of that name. The words of figures are beside them, in `policy`.
"""

from __future__ import annotations

from app.policies.words import Words

HOURS, NIGHTS, DAYS, MIX, ASKED, FAIR = "hours", "nights", "days", "mix", "asked", "fair"
GROUPS = {
    HOURS: "Hours and rest",
    NIGHTS: "Nights",
    DAYS: "Days and weekends",
    MIX: "Who is on a shift",
    ASKED: "What people offer and ask for",
    FAIR: "Fair shares",
}
"""The headings of the page in words."""

CLEARANCE = Words(
    "Trained and signed off",
    "Everyone is trained, checked and signed off for what they do, for the whole shift.",
    MIX,
)
AVAILABILITY = Words(
    "Only at times they offered",
    "People are on duty only when they said they can be.",
    ASKED,
)
OVERLAP = Words(
    "One place at a time",
    "Nobody is in two places at once.",
    HOURS,
)
UNDER_18_NIGHTS = Words(
    "No nights under 18",
    "Nobody under 18 is on duty between {starts} and {ends}.",
    NIGHTS,
)
REST = Words(
    "Rest between shifts",
    "Between two shifts, adults have {adult_hours} hours of rest and people under 18 have "
    "{under_18_hours}. Whatever the reason, nobody has less than {never_under_hours}.",
    HOURS,
)
HOURS_IN_A_DAY = Words(
    "Hours in a day",
    "In any 24 hours, adults work {adult_hours} hours at most and people under 18 work {under_18_hours}.",
    HOURS,
)
HOURS_IN_A_WEEK = Words(
    "Hours in a week",
    "In any 7 days, adults work {adult_hours} hours at most and people under 18 work {under_18_hours}.",
    HOURS,
)
COOL_DOWN = Words(
    "Rest after a hard shift",
    "After a shift that was noted as hard, everyone has {hours} hours before the next.",
    HOURS,
)
ONE_A_DAY = Words(
    "One shift a day",
    "Nobody begins two shifts on one day.",
    DAYS,
)
SUCCESSIONS = Words(
    "Which shift may follow which",
    "Nobody has a kind of shift on the day after one it may not follow.",
    DAYS,
)
LONGEST_RUN = Words(
    "Days in a row",
    "Nobody is on duty more than {most} days in a row.",
    DAYS,
    without=("least",),
)
SHORTEST_RUN = Words(
    "Days together",
    "Nobody is called in for fewer days in a row than they asked.",
    DAYS,
)
SHORTEST_BREAK = Words(
    "Days off",
    "Between two runs of days on duty, everyone has {least} days off in a row or more.",
    DAYS,
    without=("most",),
)
NIGHTS_IN_A_ROW = Words(
    "Nights in a row",
    "Nobody has more than {most} nights in a row. A shift is a night with {counts_from_hours} "
    "hours or more between {starts} and {ends}.",
    NIGHTS,
)
NIGHTS_IN_THE_PERIOD = Words(
    "Nights in a rota",
    "Nobody has more than {most} nights in the period of a rota. A shift is a night with "
    "{counts_from_hours} hours or more between {starts} and {ends}.",
    NIGHTS,
)
RECOVERY_AFTER_NIGHTS = Words(
    "Recovery after nights",
    "After {most} nights in a row, everyone has {hours} hours to recover. A shift is a night with "
    "{counts_from_hours} hours or more between {starts} and {ends}.",
    NIGHTS,
)
LIGHTER_AFTER_HEAVY = Words(
    "Lighter after heavy",
    "People who had {heavy_from_hours} hours of nights lately have fewer nights in the first {days} "
    "days of a rota: {most} at most. A shift is a night with {counts_from_hours} hours or more "
    "between {starts} and {ends}.",
    NIGHTS,
)
WEEKENDS = Words(
    "Weekends",
    "Nobody is on duty on more than {most} weekends of a rota.",
    DAYS,
    without=("least",),
)
MOST_THEY_ASKED = Words(
    "No more than they asked for",
    "Nobody is given more than they asked for.",
    ASKED,
)
LEAST_THEY_ASKED = Words(
    "As much as they asked for",
    "Everyone has as much as they asked for.",
    ASKED,
)
ROOM = Words(
    "Room on a shift",
    "No more people are on a shift than it has places for.",
    MIX,
)
NOBODY_ALONE = Words(
    "Nobody alone",
    "A shift has {at_least} people or more before it is safe to open.",
    MIX,
)
EXPERIENCED_ADULT = Words(
    "An experienced adult",
    "On every shift there is an experienced adult.",
    MIX,
)
PEERS_BESIDE = Words(
    "Peers beside a lead or moderator",
    "Peers are on duty only beside a lead or a moderator, and {most_each} at most beside each.",
    MIX,
)
NEWCOMERS_BESIDE = Words(
    "Newcomers beside somebody experienced",
    "Newcomers are on duty beside somebody experienced, and {most_each} at most beside each. Somebody is a newcomer "
    "until {first_shifts} shifts are behind them.",
    MIX,
)
SHADOWS_BESIDE = Words(
    "People who shadow",
    "People who shadow have a lead or a moderator to watch, and {most_each} at most watch each.",
    MIX,
)
APART = Words(
    "Kept apart",
    "People who are kept apart are never on one shift, whatever the reason. No page says who they are.",
    MIX,
)
TOGETHER = Words(
    "Kept together",
    "People who belong together are on the same shifts.",
    MIX,
)
STANDING_SLOTS = Words(
    "The same seat every week",
    "People who have the same seat every week keep it.",
    ASKED,
)
WISHES = Words(
    "Wishes",
    "People have what they wished for where it can be done.",
    ASKED,
)
FAIRNESS = Words(
    "Even shares",
    "Nights, weekends and hours are shared evenly among people who offered the same. A night "
    "weighs {night_price}, a shift at the weekend {weekend_price}, and four hours {hours_price}. "
    "Each further one of a person weighs more than the one before, up to {most} of them. A shift "
    "is a night with {counts_from_hours} hours or more between {starts} and {ends}.",
    FAIR,
)
PARTS = Words(
    "Shared seats",
    "A seat may be shared in parts of {least_hours} hours or more.",
    ASKED,
)
