"""The time zones that people live in, as the machine's time zone database names them."""

from __future__ import annotations

from functools import cache
from importlib import resources
from zoneinfo import available_timezones

# Names outside these are old spellings or fixed offsets, which know no summer time: nobody lives in one.
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
def _known() -> frozenset[str]:
    return frozenset(available_timezones())


def is_zone(name: str) -> bool:
    """Whether the time zone database knows this name, letter for letter."""
    return name in _known()


@cache
def _lived_in() -> frozenset[str]:
    """The names that the database gives to places today: Kyiv and Kathmandu, without their old spellings."""
    table = resources.files("tzdata.zoneinfo").joinpath("zone.tab").read_text(encoding="utf-8")
    named = {line.split("\t")[2] for line in table.splitlines() if line and not line.startswith("#")}
    return _known() & named


@cache
def by_region() -> dict[str, tuple[tuple[str, str], ...]]:
    """The zones to choose from: for each part of the world (name, words) of each, by the alphabet."""
    return {
        region: tuple(
            (name, name.removeprefix(f"{region}/").replace("_", " ").replace("/", ", "))
            for name in sorted(_lived_in())
            if name.startswith(f"{region}/")
        )
        for region in REGIONS
    }


def is_listed(name: str) -> bool:
    """Whether this zone is among those to choose from."""
    return any(name == each for places in by_region().values() for each, _ in places)
