"""The smallest change that fills an empty seat: found by the engine, shown, and made only with everybody's yes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from app import db
from app.jobs import tasks
from app.jobs.models import Task, TaskState
from app.people.models import Person, Role
from app.refusals import Conflict
from progression.duties import Duty
from rota.exchanges import changes
from rota.exchanges.models import Answer, ChangeState
from rota.planning import smallest_change
from rota.scheduling.cover_pattern import Need
from rota.scheduling.replan_task import run_task
from rota.shifts import claims_and_drops
from rota.store.models import Draft, Rota
from tests.conftest import SignIn
from tests.rota.crew import Crew, seats
from tests.times import NOW

LEAD_AND_MODERATOR = (Need(Duty.LEAD, 1, 1, 1), Need(Duty.MODERATOR, 1, 1, 1))

Dropped = tuple[Rota, Person, Person, Person]


@pytest.fixture
def dropped(crew: Crew) -> Dropped:
    """Heron, who led, dropped out. Ember moderates and may lead; Fern is free and may only moderate. Tansy plans."""
    tansy = crew.people.person("Tansy", roles=(Role.COORDINATOR,))
    heron, ember, fern = crew.lead("Heron"), crew.lead("Ember"), crew.moderator("Fern")
    crew.always_can(heron, ember, fern)
    rota = crew.rota(crew.evenings("Board", *LEAD_AND_MODERATOR), days=1)
    for seat, person in zip(seats(rota), (heron, ember), strict=True):
        crew.give(rota, seat, person)
    crew.publish(rota)
    with db.writing():
        claims_and_drops.drop(seats(rota)[0].assignment_id or 0, heron, now=NOW)
    return rota, tansy, ember, fern


def found(rota: Rota, by: Person) -> int:
    """Look for it as a worker does; return the task."""
    seat_ids = [seat.id for seat in seats(rota) if not seat.is_taken]
    with db.writing():
        task_id = smallest_change.look_for(seat_ids, by=by.id, now=NOW).id
    task = db.session.get_one(Task, task_id)
    prepared = smallest_change.prepare(task.arguments, NOW)
    db.session.rollback()
    output = run_task(prepared, lambda _news: None, lambda: False)
    with db.writing():
        task = db.session.get_one(Task, task_id)
        smallest_change.keep(task, prepared, output, NOW)
        task.state, task.finished_at = TaskState.DONE, NOW
    return task_id


def test_it_says_who_would_move_and_writes_nothing(dropped: Dropped) -> None:
    rota, tansy, _, _ = dropped
    before = [seat.person_id for seat in seats(rota)]
    view = smallest_change.found_by(smallest_change.task_of(found(rota, tansy)))
    assert view is not None
    assert [(move.was, move.becomes) for move in view.moves] == [(None, "Ember"), ("Ember", "Fern")]
    assert (list(view.asked), view.filled) == (["Ember", "Fern"], 1)
    assert [seat.person_id for seat in seats(rota)] == before
    assert db.session.query(Draft).filter_by(state="open").count() == 0


def test_everybody_concerned_is_asked_and_it_happens_with_the_last_yes(dropped: Dropped) -> None:
    rota, tansy, ember, fern = dropped
    task_id = found(rota, tansy)
    with db.writing():
        change_id = smallest_change.ask(task_id, by=tansy.id, now=NOW).id
    with db.writing():
        changes.answer(change_id, ember.id, Answer.YES, by=ember.id, now=NOW)
    assert [seat.person_id for seat in seats(rota)] == [None, ember.id]
    with db.writing():
        assert changes.answer(change_id, fern.id, Answer.YES, by=fern.id, now=NOW).state is ChangeState.APPLIED
    assert [seat.person_id for seat in seats(rota)] == [ember.id, fern.id]


def test_nobody_is_asked_in_their_night_or_about_what_has_changed_meanwhile(dropped: Dropped, crew: Crew) -> None:
    rota, tansy, _, _ = dropped
    task_id = found(rota, tansy)
    with pytest.raises(Conflict, match="It is night"), db.writing():
        smallest_change.ask(task_id, by=tansy.id, now=NOW + timedelta(hours=4))
    rook = crew.lead("Rook")
    crew.always_can(rook)
    with db.writing():
        claims_and_drops.claim(seats(rota)[0].id, rook, now=NOW)
    with pytest.raises(Conflict, match="Somebody was quicker"), db.writing():
        smallest_change.ask(task_id, by=tansy.id, now=NOW)
    with pytest.raises(Conflict, match="None of these seats"), db.writing():
        smallest_change.look_for([seats(rota)[0].id], by=tansy.id, now=NOW)


def test_from_the_page_of_the_seat_to_the_question_a_worker_looks_for_it_meanwhile(
    client: FlaskClient, dropped: Dropped, sign_in: SignIn
) -> None:
    rota, tansy, _, _ = dropped
    sign_in(client, tansy)
    seat = seats(rota)[0]
    assert "Find the smallest change" in client.get(f"/rota/fill?seat={seat.id}").text
    where = client.post("/rota/fill/change", data={"seat": seat.id}).headers["Location"]
    assert "Waiting for a free worker" in client.get(where).text
    tasks.run_next()
    page = client.get(where).text
    assert "2 people would have to agree" in page
    asked = client.post(f"{where}/ask", follow_redirects=True)
    assert "Everybody concerned is being asked" in asked.text
