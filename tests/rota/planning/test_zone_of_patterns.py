"""The organisation's time zone may be changed until there are shifts; weekly patterns move with it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app import db, settings
from app.organisation import changing
from app.organisation.changing import Identity
from app.people.models import Role
from app.refusals import Conflict
from rota.planning import new_rota, removing_rotas
from rota.store.models import CoverPattern, Shift
from tests.conftest import People
from tests.rota.crew import MONDAY, Crew
from tests.times import NOW


def move_to(zone: str, by: int, *, seen: int = 0) -> None:
    with db.writing():
        changing.describe(Identity("Harbour Watch", zone, ""), seen=seen, by=by, now=NOW)


def test_a_weekly_pattern_keeps_its_hours_on_the_new_clock(crew: Crew, people: People) -> None:
    board, merle = crew.evenings(), people.person("Merle", roles=(Role.ADMIN,))
    move_to("America/New_York", merle.id)
    assert db.session.scalars(select(CoverPattern.zone_name)).one() == "America/New_York"
    with db.writing():
        new_rota.make_rota("First", MONDAY, MONDAY, [board.id], by=None, now=NOW)
    starts_at = db.session.scalars(select(Shift.starts_at)).one()
    assert starts_at.astimezone(settings.current().zone).hour == 18


def test_with_a_shift_the_zone_stays_and_the_page_says_what_to_do(crew: Crew, people: People) -> None:
    board, merle = crew.evenings(), people.person("Merle", roles=(Role.ADMIN,))
    rota_id = crew.rota(board, title="Spring").id
    with pytest.raises(Conflict, match="“Spring”"):
        move_to("America/New_York", merle.id)
    move_to("Europe/London", merle.id)  # the same zone, another name
    with db.writing():
        removing_rotas.delete_rota(rota_id, by=merle.id, now=NOW + timedelta(hours=1))
    move_to("America/New_York", merle.id, seen=1)
    assert settings.current().zone.key == "America/New_York"
