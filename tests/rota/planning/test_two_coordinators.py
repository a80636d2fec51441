"""Two coordinators at once: one version is published, nobody is given two seats, nobody is notified twice."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app import db
from app.outbox.models import OutboxRow
from app.people.models import Role
from app.refusals import Refusal
from rota.planning import drafts, new_rota, publishing, undoing
from rota.planning.changed_since import changed_since
from rota.planning.publishing import DraftBreaksRules, NothingToPublish
from rota.planning.shifts_of_rota import ShiftsExist
from rota.planning.undoing import StepTurned
from rota.store.models import Assignment, AssignmentChange, Rota, Shift
from tests.conftest import People, SignIn
from tests.rota.crew import MONDAY, Crew, board_of, seats
from tests.times import NOW

pytestmark = pytest.mark.both_databases


def at_once(app: Flask, *actions: Callable[[], object]) -> list[str]:
    """Run each action in a thread and a writing transaction of its own; return how each ended, sorted."""
    barrier = threading.Barrier(len(actions))
    endings: list[str] = []

    def one(action: Callable[[], object]) -> None:
        with app.app_context():
            barrier.wait()
            try:
                with db.writing():
                    action()
                endings.append("done")
            except Refusal as refusal:
                endings.append(type(refusal).__name__)
            finally:
                db.session.remove()

    db.session.rollback()  # what this thread has read so far is old by the end
    threads = [threading.Thread(target=one, args=(action,)) for action in actions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(endings)


def publishing_of(rota_id: int, by: int) -> Callable[[], object]:
    return lambda: publishing.publish(rota_id, by=by, now=NOW, gaps_read=True)


def test_of_two_who_publish_one_draft_at_once_one_does(app: Flask, crew: Crew) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    rota = crew.rota(crew.evenings())
    crew.give(rota, seats(rota)[0], wren)
    rota_id, by = rota.id, crew.assessor.id
    endings = at_once(app, *[publishing_of(rota_id, by)] * 2)
    assert endings == [NothingToPublish.__name__, "done"]
    assert db.session.get_one(Rota, rota_id).version == 1
    assert db.session.scalar(select(func.count()).select_from(AssignmentChange)) == 1
    notices = select(func.count()).select_from(OutboxRow).where(OutboxRow.kind == "rota-published")
    assert db.session.scalar(notices) == 1


def test_two_rotas_published_at_once_do_not_give_one_person_two_shifts_of_the_same_hours(
    app: Flask, crew: Crew
) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    rotas = [crew.rota(crew.evenings(name), days=1) for name in ("Board", "Chat")]
    for rota in rotas:
        crew.give(rota, seats(rota)[0], wren)
    actions = [publishing_of(rota.id, crew.assessor.id) for rota in rotas]
    assert at_once(app, *actions) == [DraftBreaksRules.__name__, "done"]
    assert db.session.scalar(select(func.count()).select_from(Assignment)) == 1


def test_of_two_rotas_made_at_once_for_the_same_days_one_is_made(app: Flask, crew: Crew) -> None:
    channel_id = crew.evenings().id

    def make() -> object:
        return new_rota.make_rota("Week", MONDAY, MONDAY, [channel_id], by=None, now=NOW)

    assert at_once(app, make, make) == [ShiftsExist.__name__, "done"]
    assert db.session.scalar(select(func.count()).select_from(Shift)) == 1


def test_two_who_change_one_draft_at_once_share_it(app: Flask, crew: Crew) -> None:
    wren, teal = crew.moderator("Wren"), crew.moderator("Teal")
    crew.always_can(wren, teal)
    rota = crew.rota(crew.evenings())
    first, second = (seat.id for seat in seats(rota))
    rota_id, by, one, other = rota.id, crew.assessor.id, wren.id, teal.id

    def give(seat_id: int, person_id: int) -> Callable[[], object]:
        return lambda: drafts.assign(db.session.get_one(Rota, rota_id), seat_id, person_id, by=by, now=NOW)

    assert at_once(app, give(first, one), give(second, other)) == ["done", "done"]
    crew.publish(rota)
    assert [seat.person_id for seat in seats(rota)] == [one, other]


def test_of_two_who_undo_one_step_at_once_one_does_and_the_other_is_told(app: Flask, crew: Crew) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    rota = crew.rota(crew.evenings())
    crew.give(rota, seats(rota)[0], wren)
    rota_id, by, step_id = rota.id, crew.assessor.id, board_of(rota).steps[0].step.id

    def undo() -> object:
        return undoing.undo(db.session.get_one(Rota, rota_id), step_id, by=by, now=NOW)

    assert at_once(app, undo, undo) == [StepTurned.__name__, "done"]
    assert board_of(rota).changes == {}


def test_an_undo_and_an_edit_of_the_same_seat_at_once_lose_nothing(app: Flask, crew: Crew) -> None:
    wren, teal = crew.moderator("Wren"), crew.moderator("Teal")
    crew.always_can(wren, teal)
    rota = crew.rota(crew.evenings())
    seat_id = seats(rota)[0].id
    crew.give(rota, seats(rota)[0], wren)
    rota_id, by, one, other = rota.id, crew.assessor.id, wren.id, teal.id
    step_id = board_of(rota).steps[0].step.id

    def undo() -> object:
        return undoing.undo(db.session.get_one(Rota, rota_id), step_id, by=by, now=NOW)

    def give() -> object:
        return drafts.assign(db.session.get_one(Rota, rota_id), seat_id, other, by=by, now=NOW, seen=one)

    endings = at_once(app, undo, give)
    kept = board_of(rota).changes.get(seat_id)
    if endings == ["StepOvertaken", "done"]:
        assert kept is not None
        assert kept.to_person_id == other
    else:
        assert endings == ["SeatChangedInDraft", "done"]
        assert kept is None


def test_a_page_says_who_changed_the_rota_since_it_was_opened(
    client: FlaskClient, crew: Crew, people: People, sign_in: SignIn
) -> None:
    tansy = people.person("Tansy", roles=(Role.COORDINATOR,))
    sign_in(client, tansy)
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    rota = crew.rota(crew.evenings())
    opened = quote((NOW - timedelta(seconds=1)).isoformat())
    address = f"/rota/{rota.id}/changes.json?since={opened}"
    assert client.get(address).json == {"is_over": False, "progress": {"words": ""}}
    crew.give(rota, seats(rota)[0], wren)
    answer = client.get(address).json
    assert answer is not None
    assert answer["progress"]["words"].startswith("Assessor made 1 change since you opened this page.")
    assert changed_since(db.session.get_one(Rota, rota.id), NOW - timedelta(seconds=1), but_by=crew.assessor.id) == ""
    assert "data-watch-words" in client.get(f"/rota/{rota.id}").text
