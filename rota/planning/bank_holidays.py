"""Which nations' bank holidays channels keep, and entering them as special days for the year ahead.

The days come from the library `holidays`, which is large: it is loaded only where somebody chooses nations and in the
daily job. Everything else reads the days that were entered.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from sqlalchemy import select

from app import audit, clock, db, settings
from app.day_bounds import PLANNED_AHEAD
from app.refusals import Invalid
from rota.planning.channels import all_channels, lock_channel
from rota.scheduling.special_days import SpecialKind
from rota.store.models import Channel
from rota.store.special_days import ChannelHolidayRules, HolidayRules, SpecialDayRow

ENTERED_AHEAD = PLANNED_AHEAD + timedelta(days=8 * 7)  # the longest rota may begin on the last day that is planned
MOST_NATIONS = 10
KINDS = (SpecialKind.AS_USUAL, SpecialKind.AS_SUNDAY, SpecialKind.CLOSED)

# England and Wales have the same bank holidays. The codes are those of ISO 3166.
NATIONS = {"GB-ENG": "England and Wales", "GB-SCT": "Scotland", "GB-NIR": "Northern Ireland"}


@dataclass(frozen=True, slots=True)
class Rules:
    """Whose bank holidays are kept, by the codes of nations, and what they do to a channel."""

    nations: tuple[str, ...] = ()
    kind: SpecialKind = SpecialKind.AS_USUAL


def choose_for_organisation(rules: Rules, *, by: int, now: datetime) -> None:
    """Choose whose bank holidays are kept on every channel that has no rule of its own, and what they do."""
    _refuse(rules)
    kept = db.session.get(HolidayRules, 1) or HolidayRules(id=1)
    _write(kept, rules, by=by, now=now)
    audit.record("rota.bank-holidays-chosen", by=by, subject="holiday_rules:1", now=now, details=_details(rules))
    enter(now, by=by)


def choose_for_channel(channel: Channel, rules: Rules | None, *, by: int, now: datetime) -> None:
    """Choose the same for one channel that differs from the organisation; None lets it follow the organisation."""
    kept = db.session.get(ChannelHolidayRules, channel.id)
    if rules is None:
        if kept is not None:
            db.session.delete(kept)
            db.session.flush()
    else:
        _refuse(rules)
        _write(kept or ChannelHolidayRules(channel_id=channel.id), rules, by=by, now=now)
    details = _details(rules) if rules else {}
    audit.record("rota.bank-holidays-chosen", by=by, subject=f"channel:{channel.id}", now=now, details=details)
    enter(now, by=by)


def rules_of_organisation() -> Rules:
    """What the organisation chose; nothing, while it has chosen nothing."""
    return _plain(db.session.get(HolidayRules, 1)) or Rules()


def own_rules(channel_id: int) -> Rules | None:
    """What was chosen for one channel, or None if it follows the organisation."""
    return _plain(db.session.get(ChannelHolidayRules, channel_id))


def load(nations: Sequence[str], *, now: datetime) -> None:
    """Read the bank holidays of these nations and of the rules that are kept, which takes a while the first time.

    Call it before the transaction that enters them.
    """
    today = clock.on(now, settings.current().zone)
    kept = [
        rules_of_organisation(),
        *(_plain(row) or Rules() for row in db.session.scalars(select(ChannelHolidayRules))),
    ]
    holidays_of(list({*nations, *(code for rules in kept for code in rules.nations)}), today, today + ENTERED_AHEAD)


def enter(now: datetime, *, by: int | None = None) -> None:
    """Enter the bank holidays from today on for the year ahead, and take out those that no rule wants any more.

    Days that are past stay as they were. Doing it again changes nothing.
    """
    today = clock.on(now, settings.current().zone)
    last = today + ENTERED_AHEAD
    shared = rules_of_organisation()
    own = {row.channel_id: _plain(row) or Rules() for row in db.session.scalars(select(ChannelHolidayRules))}
    rows: dict[int, dict[date, SpecialDayRow]] = defaultdict(dict)
    kept = select(SpecialDayRow).where(SpecialDayRow.is_bank_holiday, SpecialDayRow.day >= today)
    for row in db.session.scalars(kept):
        rows[row.channel_id][row.day] = row
    for channel in all_channels():
        lock_channel(channel.id)
        rules = own.get(channel.id, shared)
        names = holidays_of(rules.nations, today, last)
        for day, row in rows[channel.id].items():
            if day not in names:
                db.session.delete(row)
        for day, name in names.items():
            row = rows[channel.id].get(day) or SpecialDayRow(channel_id=channel.id, day=day, is_bank_holiday=True)
            if (row.kind, row.reason) != (rules.kind, name):
                row.kind, row.reason, row.spans, row.made_at, row.made_by_id = rules.kind, name, [], now, by
                db.session.add(row)
    db.session.flush()


def enter_daily(now: datetime) -> None:
    """The daily job: keep the bank holidays of the coming year entered. Safe to run again."""
    load((), now=now)
    with db.writing():
        enter(now)


def holidays_of(nations: Sequence[str], first: date, last: date) -> dict[date, str]:
    """The bank holidays of these nations between two days: the name of each, with its nations where not all keep it."""
    found: dict[date, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for nation in nations:
        for year in range(first.year, last.year + 1):
            for day, name in _holidays(nation, year).items():
                if first <= day <= last:
                    found[day][name].append(nation_name(nation))
    return {day: _named(names, len(nations)) for day, names in sorted(found.items())}


def nation_name(code: str) -> str:
    """The name of a nation by its code, with its region where the code has one: “Australia, New South Wales”."""
    if code in NATIONS:
        return NATIONS[code]
    country, _, region = code.partition("-")
    name = other_countries().get(country, country)
    return f"{name}, {regions_of(country).get(region, region)}" if region else name


@lru_cache(maxsize=32)
def regions_of(country: str) -> dict[str, str]:
    """The names of the regions of another country that may have days of their own, by code, in order of name."""
    if country not in other_countries():
        return {}
    import holidays  # large, and rarely needed

    kept = holidays.country_holidays(country)
    names = {code: alias for alias, code in reversed(kept.subdivisions_aliases.items())}
    return dict(sorted(((code, names.get(code, code)) for code in kept.subdivisions), key=lambda each: each[1]))


def is_known(code: str) -> bool:
    """Whether bank holidays are known for a code of ISO 3166, of a country or of a region of one."""
    country, _, region = code.partition("-")
    return code in NATIONS or (country in other_countries() and (not region or region in regions_of(country)))


@lru_cache(maxsize=1)
def other_countries() -> dict[str, str]:
    """The names of the other countries whose public holidays are known, by code, in order of name."""
    from holidays.registry import COUNTRIES  # large, and rarely needed

    names = {entry[1]: module.replace("_", " ").title() for module, entry in COUNTRIES.items()}
    names.pop("GB")
    return dict(sorted(names.items(), key=lambda each: each[1]))


@lru_cache(maxsize=64)
def _holidays(nation: str, year: int) -> dict[date, str]:
    import holidays  # large, and rarely needed

    country, _, part = nation.partition("-")
    english = None if country == "GB" else "en_US"
    read = holidays.country_holidays(country, subdiv=part or None, years=year, language=english)
    return {day: name.replace(" (observed)", " (substitute day)") for day, name in read.items() if day.year == year}


def _named(names: dict[str, list[str]], nations: int) -> str:
    parts = []
    for name, of in names.items():
        said = name.replace("; ", ", ")  # the library joins two holidays of one day so
        parts.append(said if len(of) == nations else f"{said} ({', '.join(of)})")
    return ", ".join(parts)


def _refuse(rules: Rules) -> None:
    if len(rules.nations) > MOST_NATIONS:
        raise Invalid(f"Choose up to {MOST_NATIONS} nations.", field="nations")
    for code in rules.nations:
        if not is_known(code):
            raise Invalid("Choose nations from the list.", field="nations")


def _write(kept: HolidayRules | ChannelHolidayRules, rules: Rules, *, by: int, now: datetime) -> None:
    kept.nations, kept.kind, kept.changed_at, kept.changed_by_id = list(rules.nations), rules.kind, now, by
    db.session.add(kept)
    db.session.flush()


def _plain(kept: HolidayRules | ChannelHolidayRules | None) -> Rules | None:
    return None if kept is None else Rules(tuple(kept.nations), SpecialKind(kept.kind))


def _details(rules: Rules) -> dict[str, object]:
    return {"nations": list(rules.nations), "kind": rules.kind.value}
