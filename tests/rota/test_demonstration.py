"""The rota of the demonstration: planned, proposed and published by the product itself, and honest about its gaps."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select

from app import db, demo
from rota import picture, publishing
from rota.models import Rota
from rota.rules.base import Scope
from rota.rules.book import breaches
from rota.seats import seats_of_rota
from tests.rota.crew import MONDAY, board
from tests.times import NOW


def test_the_demonstration_has_a_published_week_that_keeps_every_rule_and_one_to_plan(app: Flask) -> None:
    demo.load(monday=MONDAY, now=NOW, say=lambda _words: None)
    published, to_plan = db.session.scalars(select(Rota).order_by(Rota.starts_on)).all()
    assert (published.version, to_plan.version) == (1, 0)
    assert published.starts_on == MONDAY
    view = board(published)
    roster = picture.of_board(view, now=NOW)
    assert [each for each in breaches(roster.roster, roster.plan) if each.scope is Scope.PERSON] == []
    wanted = [seat for seat in view.seats if seat.is_wanted]
    empty = [seat for seat in wanted if seat.person_id is None]
    assert 0 < len(empty) < len(wanted) / 5
    # It is the nights that are short: some of the empty seats lie between 20:00 and 08:00.
    assert any(seat.label in ("Night", "Small hours") for seat in empty)
    assert all(seat.person_id is None for seat in seats_of_rota(to_plan.id))
    assert publishing.review(board(published), now=NOW).empty == len(empty)
