"""The demonstration's people stand where its file says, by evidence that could have happened."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from app import db
from app.demonstration import import_people
from app.domain import Demonstration
from app.people.models import Person
from progression import demonstration
from progression.applying.waiting import waiting_applications
from progression.branches.joining import branches_of
from progression.duties import Duty
from progression.fact_kinds import FactKind
from progression.ledger import facts_of_people, facts_of_person
from progression.models import Evidence
from progression.ready_for_decision import candidates_for_decision
from progression.reopened import reopened_of
from progression.signing import signatures_for
from progression.signoff import journey_now
from progression.stages import Stage
from progression.standing import pathway_now, standings_of
from tests.times import NOW
from training import catalogue
from training import demonstration as training_demonstration
from training.live.models import BookingState, LiveBooking
from training.models import EVIDENCE_KIND, Enrolment
from training.practicals.models import PracticalTry, TryState


@pytest.fixture
def loaded(app: Flask) -> Demonstration:
    demo = import_people(monday=date(2027, 2, 15), now=NOW)
    for load in (demonstration.load_before_courses, training_demonstration.load, demonstration.load_after_courses):
        load(demo)
    return demo


def test_everybody_stands_where_the_file_says_and_the_story_can_begin(loaded: Demonstration) -> None:
    standings = standings_of([person.id for person in loaded.people.values()], NOW)
    reached = {email: standings[person.id].stage for email, person in loaded.people.items()}
    assert reached == {email: row["stage"] for email, row in loaded.rows.items()}

    # Otter, of the story, lacks the course and nothing else; three others are ready today.
    journey = journey_now(loaded.people["peer@demo.test"].id, NOW)
    assert journey.step
    assert journey.step.to is Stage.VOLUNTEER
    assert [each.need.evidence for each in journey.step.unmet] == ["training:conflict"]
    waiting = candidates_for_decision(NOW, excluding=loaded.people["staff@demo.test"].id)
    assert [each.person.display_name for each in waiting if each.step.is_ready] == ["Finch", "Sage", "Vale"]

    # Sage needs one more of two signatures and leads; Egret's sign-off is open again and keeps its duty.
    (sage,) = [each for each in waiting if each.person.display_name == "Sage"]
    signatures = signatures_for(facts_of_person(sage.person.id), sage.step, pathway_now(NOW))
    assert (signatures.asked, signatures.wanted, sage.step.to) == (2, 1, Stage.STAFF)
    assert signatures.may_sign(loaded.people["staff@demo.test"].id)
    assert {each.need.kind for each in sage.step.needs} >= {"reference", "interview", "right-to-work"}
    open_again = loaded.people["egret@demo.test"].id
    assert [each.stage for each in reopened_of(facts_of_person(open_again))] == [Stage.VOLUNTEER]
    assert standings[open_again].may(Duty.MODERATOR, NOW, NOW + timedelta(hours=4))
    (leading,) = branches_of(
        facts_of_person(loaded.people["sage@demo.test"].id), pathway_now(NOW), person_id=sage.person.id, at=NOW
    )
    assert (leading.code, leading.is_in, leading.duties) == ("lead", True, (Duty.LEAD,))
    assert {each.name for each in waiting_applications(NOW, excluding=0).shown} == {"Finch", "Sage"}

    # Some training and some checks are about to lapse.
    journeys = [journey_now(person.id, NOW) for person in loaded.people.values()]
    shaky = {each.need.kind for journey in journeys for each in journey.at_stake}
    assert shaky == {"training", "check"}

    # The nine shipped courses and one of their own are here, in each state that a page can show; one practical waits.
    assert len(catalogue.titles()) == 10
    (handed_in,) = db.session.scalars(select(PracticalTry))
    assert (handed_in.person_id, handed_in.state) == (loaded.people["willow@demo.test"].id, TryState.WAITING)
    assert _states_of_passes(loaded) == {"holds", "runs out soon", "ran out"}
    begun = set(db.session.scalars(select(Enrolment.person_id).where(Enrolment.finished_at.is_(None))))
    assert {loaded.people[f"{name}@demo.test"].id for name in ("volunteer", "comet")} <= begun

    # A live session is ahead whose places are taken, and one person waits.
    states = list(db.session.scalars(select(LiveBooking.state).order_by(LiveBooking.asked_at, LiveBooking.id)))
    assert states == [BookingState.BOOKED, BookingState.BOOKED, BookingState.BOOKED, BookingState.WAITING]

    # Nobody vouched for themselves, and nothing was recorded before it happened or after today.
    facts = [fact for known in facts_of_people(standings).values() for fact in known]
    assert all(fact.by_person_id != fact.person_id for fact in facts if fact.kind != FactKind.ACCEPTED)
    assert all(fact.happened_at <= fact.recorded_at <= NOW for fact in facts)
    assert db.session.scalar(select(func.count()).select_from(Evidence)) == len(facts)
    assert db.session.scalar(select(func.count()).select_from(Person)) == len(loaded.rows)


def _states_of_passes(loaded: Demonstration) -> set[str]:
    """How the passes of courses stand today that the pathway does not ask for."""
    known = facts_of_people([person.id for person in loaded.people.values()])
    ends = [
        fact.valid_until
        for facts in known.values()
        for fact in facts
        if fact.kind == EVIDENCE_KIND and fact.key not in ("conflict", "safeguarding") and fact.valid_until
    ]
    today = NOW.date()
    soon = today + timedelta(days=60)
    return {"ran out" if day < today else "runs out soon" if day <= soon else "holds" for day in ends}
