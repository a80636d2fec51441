"""Today, the menu, and the pages of general information.

Today consists of cards that the domains contribute. One of them is highlighted.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from flask import Blueprint, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import settings
from app.domain import Card, NavItem, cards_on_support, domains, on_call_for
from app.people import whom_to_ask
from app.permissions import current_person, may, public, signed_in, visitor

bp = Blueprint("pages", __name__)


@dataclass(frozen=True)
class MenuItem:
    """An item of the menu, for this reader and page."""

    label: str
    href: str
    icon: str
    is_current: bool
    new: int  # how many things wait there unread


TODAY = NavItem("Today", "pages.today", icon="lamp", order=0)


def menu_items() -> list[MenuItem]:
    """The menu of the person who makes the request; empty for a visitor who is not signed in."""
    reader = visitor()
    if reader is None:
        return []
    items = [TODAY, *(item for domain in domains for item in domain.nav)]
    shown = [item for item in sorted(items, key=lambda item: item.order) if item.audience is None or may(item.audience)]
    addresses = [url_for(item.endpoint) for item in shown]
    # One item's address can begin with another's: the nearest is where somebody is.
    here = max((each for each in addresses if _is_within(request.path, each)), key=len, default=None)
    return [
        MenuItem(item.label, href, item.icon, is_current=href == here, new=item.new(reader.id) if item.new else 0)
        for item, href in zip(shown, addresses, strict=True)
    ]


def _is_within(path: str, href: str) -> bool:
    return path == href if href == "/" else (path + "/").startswith(href.rstrip("/") + "/")


def highlight_first(cards: Iterable[Card]) -> list[Card]:
    """Sort the cards and highlight the first that may be highlighted."""
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
    cards = highlight_first(card for card in built if card is not None)
    hour = g.now.astimezone(settings.current().zone).hour
    # “Night” would sound like a farewell to a person who has just signed in.
    part = "Hello" if hour < 5 else "Morning" if hour < 12 else "Afternoon" if hour < 18 else "Evening"
    return render_template("home/today.html", cards=cards, part_of_day=part)


@bp.get("/menu")
@signed_in
def menu() -> ResponseReturnValue:
    return render_template("home/menu.html", places=menu_items())


@bp.get("/whom-to-ask")
@signed_in
def ask() -> ResponseReturnValue:
    return render_template("home/whom_to_ask.html", names=whom_to_ask.names_by_role(g.today))


@bp.get("/support")
@public
def support() -> ResponseReturnValue:
    reader = visitor()
    # The public is not told whether anybody is on call.
    return render_template(
        "home/support.html",
        on_call=on_call_for(reader, g.now) if reader else None,
        cards=cards_on_support(reader, g.now) if reader else (),
    )


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
