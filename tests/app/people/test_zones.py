"""Time zones to choose from."""

from __future__ import annotations

from app.people import zones


def test_the_zones_to_choose_from_are_spelled_as_their_places_are_today_and_each_comes_once() -> None:
    listed = {name for places in zones.by_region().values() for name, _ in places}
    assert {"Asia/Kathmandu", "Europe/Kyiv", "Europe/London", "America/New_York"} <= listed
    assert not {"Asia/Katmandu", "Europe/Kiev", "Asia/Calcutta"} & listed
    assert zones.is_zone("Europe/Kiev"), "a person who chose an old spelling keeps it"
