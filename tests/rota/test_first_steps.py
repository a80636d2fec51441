"""The first steps of the rota: what breaks one shows."""

from __future__ import annotations

from app import db
from app.first_steps.overview import overview
from app.first_steps.steps import StepState
from app.people.models import Person
from progression.duties import Duty
from rota.planning import channels
from rota.planning.removing_rotas import withdraw_rota
from rota.scheduling.cover_pattern import Need
from rota.store.models import Channel, ChannelKind
from tests.rota.crew import LONDON, Crew, seats
from tests.times import NOW


def state(key: str) -> StepState:
    db.session.rollback()
    db.clear_read_cache()
    return next(each.standing.state for each in overview(NOW).steps if each.step.key == key)


def close(channel: Channel, by: Person) -> None:
    with db.writing():
        kept = channels.channel(channel.id)
        channels.close_channel(kept, NOW.date(), zone=LONDON, by=by.id, now=NOW)


def test_a_channel_counts_once_it_says_when_it_needs_people_and_until_it_closes(crew: Crew) -> None:
    with db.writing():
        empty = channels.open_channel("Board", ChannelKind.BOARD, by=None, now=NOW)
    assert state("channels") is StepState.OPEN
    with db.writing():
        channels.remove_channel(channels.channel(empty.id), by=crew.assessor.id, now=NOW)
    chat = crew.evenings("Chat")
    assert state("channels") is StepState.DONE
    close(chat, crew.assessor)
    assert state("channels") is StepState.OPEN


def test_an_on_call_line_counts_once_it_has_hours_and_until_it_closes(crew: Crew) -> None:
    with db.writing():
        channels.open_channel("Phone", ChannelKind.ON_CALL, by=None, now=NOW)
    assert state("on-call") is StepState.OPEN
    line = crew.evenings("Night line", Need(Duty.ON_CALL, 1, 1, 1), kind=ChannelKind.ON_CALL)
    assert state("on-call") is StepState.DONE
    close(line, crew.assessor)
    assert state("on-call") is StepState.OPEN


def test_the_first_rota_counts_once_it_is_published_and_until_it_is_withdrawn(crew: Crew) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    assert state("first-rota") is StepState.OPEN
    rota = crew.rota(crew.evenings())
    assert state("first-rota") is StepState.WAITING
    crew.give(rota, seats(rota)[0], wren)
    crew.publish(rota)
    assert state("first-rota") is StepState.DONE
    with db.writing():
        withdraw_rota(rota.id, by=crew.assessor.id, now=NOW)
    assert state("first-rota") is StepState.OPEN
