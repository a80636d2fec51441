"""Today, and the plain pages every house needs: menu, help, health.

Today is made of cards that the domains bring. One thing on it is lit: the first card that may be.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from flask import Blueprint, g, jsonify, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import text

from app import clock, db, settings
from app.domain import Card, NavItem, domains
from app.jobs import heartbeats
from app.permissions import current_person, may, public, signed_in, visitor

bp = Blueprint("pages", __name__)


@dataclass(frozen=True)
class Place:
    """A place in the menu, for this reader, on this page."""

    label: str
    href: str
    icon: str
    is_current: bool


TODAY = NavItem("Today", "pages.today", icon="lamp", order=0)


def places() -> list[Place]:
    """The menu of the person who is asking."""
    if visitor() is None:
        return []
    items = [TODAY, *(item for domain in domains for item in domain.nav)]
    return [
        Place(
            item.label,
            href := url_for(item.endpoint),
            item.icon,
            request.path == href if href == "/" else (request.path + "/").startswith(href.rstrip("/") + "/"),
        )
        for item in sorted(items, key=lambda item: item.order)
        if item.audience is None or may(item.audience)
    ]


def light_one(cards: Iterable[Card]) -> list[Card]:
    """The cards in their order, with the first that may be lit lit."""
    ordered = sorted(cards, key=lambda card: card.order)
    for index, card in enumerate(ordered):
        if card.may_be_lit:
            ordered[index] = replace(card, lit=True)
            break
    return ordered


@bp.get("/")
@signed_in
def today() -> ResponseReturnValue:
    person = current_person()
    built = (build(person, g.now) for domain in domains for build in domain.cards)
    cards = light_one(card for card in built if card is not None)
    hour = g.now.astimezone(settings.current().zone).hour
    # “Night” would sound like a farewell to somebody who has just come.
    part = "Hello" if hour < 5 else "Morning" if hour < 12 else "Afternoon" if hour < 18 else "Evening"
    return render_template("home/today.html", cards=cards, part_of_day=part)


@bp.get("/menu")
@signed_in
def menu() -> ResponseReturnValue:
    return render_template("home/menu.html", places=places())


@bp.get("/support")
@public
def support() -> ResponseReturnValue:
    return render_template("home/support.html")


@bp.get("/help")
@public
def help() -> ResponseReturnValue:
    return render_template("home/help.html")


@bp.get("/privacy")
@public
def privacy() -> ResponseReturnValue:
    return render_template("home/privacy.html")


@bp.get("/accessibility")
@public
def accessibility() -> ResponseReturnValue:
    return render_template("home/accessibility.html")


@bp.get("/health/live")
@public
def live() -> ResponseReturnValue:
    return jsonify(status="alive")


@bp.get("/health/ready")
@public
def ready() -> ResponseReturnValue:
    """Whether the database answers and a worker has run in the last five minutes; 503 when not."""
    db.session.execute(text("SELECT 1"))
    running = heartbeats.is_any_worker_running(clock.now())
    body = jsonify(
        status="ready" if running else "no worker has run in the last five minutes",
        database="answers",
        worker="running" if running else "late",
    )
    return make_response(body, 200 if running else 503)
