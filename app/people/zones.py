"""The time zones a person can choose, as the time zone database names them."""

from __future__ import annotations

from functools import cache
from importlib import resources
from zoneinfo import available_timezones

# Names outside these regions are old spellings, or fixed offsets without summer time.
REGIONS = (
    "Africa",
    "America",
    "Antarctica",
    "Arctic",
    "Asia",
    "Atlantic",
    "Australia",
    "Europe",
    "Indian",
    "Pacific",
)


@cache
def _all_names() -> frozenset[str]:
    return frozenset(available_timezones())


def is_zone(name: str) -> bool:
    """Whether the time zone database has exactly this name."""
    return name in _all_names()


@cache
def _countries() -> dict[str, str]:
    """The country of each zone under its current name: Kyiv and Kathmandu, without their old spellings."""
    table = resources.files("tzdata.zoneinfo").joinpath("zone.tab").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in table.splitlines() if line and not line.startswith("#")]
    return {row[2]: row[0] for row in rows if is_zone(row[2])}


def country_of(name: str) -> str | None:
    """The country that a zone is in, as a code of two characters (GB); None for a zone of no country, such as UTC."""
    return _countries().get(name)


@cache
def by_region() -> dict[str, tuple[tuple[str, str], ...]]:
    """The zones to choose from: for each region, (name, label) of each zone in alphabetical order."""
    return {
        region: tuple(
            (name, name.removeprefix(f"{region}/").replace("_", " ").replace("/", ", "))
            for name in sorted(_countries())
            if name.startswith(f"{region}/")
        )
        for region in REGIONS
    }


def is_listed(name: str) -> bool:
    """Whether this zone is among those that `by_region` offers."""
    return any(name == each for places in by_region().values() for each, _ in places)
