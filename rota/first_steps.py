"""The rota's first steps: channels, the rules of a safe shift, who is on call at night, and the first rota."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, exists, func, select

from app import clock, settings
from app.first_steps import agreements
from app.first_steps.steps import Facts, FirstStep, Standing, done, to_do, waiting
from app.people.rights import CorePermission
from app.wording import plural
from rota.permissions import RotaPermission
from rota.store.models import Channel, ChannelKind, CoverPattern, PatternSpanRow, Rota


def _channels(now: datetime) -> dict[str, ScalarSelect[Any]]:
    today = clock.on(now, settings.current().zone)
    is_open = Channel.closes_on.is_(None) | (Channel.closes_on > today)
    has_span = exists(
        select(PatternSpanRow.id)
        .join(CoverPattern, CoverPattern.id == PatternSpanRow.pattern_id)
        .where(CoverPattern.channel_id == Channel.id)
    )
    is_on_call = Channel.kind == ChannelKind.ON_CALL

    def of(column: ColumnElement[Any], *conditions: ColumnElement[bool]) -> ScalarSelect[Any]:
        return select(column).where(is_open, *conditions).scalar_subquery()

    return {
        "channels": of(func.count(Channel.id), ~is_on_call),
        "a_channel": of(func.min(Channel.name), ~is_on_call),
        "channel_without_hours": of(func.min(Channel.name), ~is_on_call, ~has_span),
        "on_call_line": of(func.min(Channel.name), is_on_call),
        "on_call_line_with_hours": of(func.min(Channel.name), is_on_call, has_span),
    }


def channels(facts: Facts, _now: datetime) -> Standing:
    """Whether a space is open that says when it needs people; the on-call line has a step of its own."""
    count, name = facts["channels"], facts["a_channel"]
    if not count:
        return to_do("No channel is open.")
    if without := facts["channel_without_hours"]:
        return to_do(f"{without} does not say yet when it needs people, and how many.")
    return done(f"{name}." if count == 1 else f"{name} and {plural(count - 1, 'other', 'others')}.")


def on_call(facts: Facts, _now: datetime) -> Standing:
    """Whether a line is open that somebody can be rung on, at the hours the organisation chose."""
    if with_hours := facts["on_call_line_with_hours"]:
        return done(f"{with_hours}. Who is on call follows from the rota.")
    if line := facts["on_call_line"]:
        return to_do(f"{line} does not say yet at which hours somebody is on call.")
    return to_do("There is no on-call line, so pages have nobody to name for the worst hour of a night.")


def _rotas(_now: datetime) -> dict[str, ScalarSelect[Any]]:
    kept = select(Rota.title).where(Rota.withdrawn_at.is_(None)).order_by(Rota.id.desc()).limit(1)
    return {
        "published_rota": kept.where(Rota.version > 0).scalar_subquery(),
        "planned_rota": kept.where(Rota.version == 0).scalar_subquery(),
    }


def first_rota(facts: Facts, _now: datetime) -> Standing:
    """Whether people have been told of their shifts once."""
    if published := facts["published_rota"]:
        return done(f"“{published}” is published.")
    if planned := facts["planned_rota"]:
        return waiting(f"“{planned}” is being planned. Nobody is told until it is published.")
    return to_do("No rota has been made. It needs channels, and people who are cleared.")


FIRST_STEPS = (
    FirstStep(
        key="channels",
        title="Your channels",
        about="The boards and chats that need people, and the hours at which they need how many.",
        minutes=6,
        order=50,
        button="Open a channel",
        path="/rota/channels",
        permission=RotaPermission.PLAN,
        standing=channels,
        asks=_channels,
        role="coordinator",
    ),
    FirstStep(
        key="rota-rules",
        title="What makes a shift safe here",
        about="Who must be beside whom, and how much rest people get. You begin with rules whose sources are named.",
        minutes=8,
        order=60,
        button="Read the rules and agree",
        path="/admin/policies/rota-rules",
        permission=CorePermission.ADMINISTER,
        standing=partial(agreements.standing, "rota-rules"),
    ),
    FirstStep(
        key="on-call",
        title="Who is called at night",
        about="The on-call line: one person at home whom everybody on a shift can ring.",
        minutes=2,
        order=100,
        button="Open the on-call line",
        path="/rota/channels",
        permission=RotaPermission.PLAN,
        standing=on_call,
        asks=_channels,
        role="coordinator",
    ),
    FirstStep(
        key="first-rota",
        title="Publish the first rota",
        about="Make a rota, let Nightlight propose who takes what, look at it, and publish. Only then are people told.",
        minutes=6,
        order=110,
        button="Plan the first rota",
        path="/rota",
        permission=RotaPermission.PLAN,
        standing=first_rota,
        asks=_rotas,
        role="coordinator",
    ),
)
