"""Decisions of the demonstration that take more than one person or one look: a branch, two signatures, records, and a
sign-off that is open again. And what somebody saw of another person on a shift that they led.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from app import clock, db, settings
from app.domain import Demonstration
from app.people.models import Person
from app.policies import documents
from progression import evidence, signoff
from progression.applying import applications
from progression.branches import joining
from progression.demonstrating.timeline import ASSESSOR_OF_ASSESSORS, ASSESSORS, Timeline, hour
from progression.fact_kinds import FactKind
from progression.ledger import facts_of_people, facts_of_person
from progression.observing import on_shift
from progression.observing.observation_forms import Mark
from progression.pathway import SHIPPED, Pathway
from progression.record_details import Proof, RecordOutcome, Relation
from progression.records.recording import NewRecord, record_it
from progression.stages import Stage
from progression.standing import stages_of

WANTS_TO_BE_STAFF = "sage@demo.test"
"""Ready for a step that two people sign: one has."""
SIGNS_FIRST = "mallow@demo.test"
ONE_REFERENCE_SO_FAR = "larch@demo.test"
APPLIES_TOO = "finch@demo.test"
OPEN_AGAIN = "egret@demo.test"
"""A volunteer whose observed shift was somebody else's."""

BRANCH = "lead"
DAYS_SINCE_NEW_PATHWAY = 45
"""How long before the first published week leads became a branch: after the last of the demonstration joined staff."""

OURS = "Ours, agreed with the trustees in the winter."
GOOD = {"outcome": [RecordOutcome.GOOD, RecordOutcome.UNDER_CONDITIONS]}


def add_decisions(timeline: Timeline) -> None:
    """Add the two later versions of the pathway, and what was decided under them."""
    _add_versions(timeline)
    _add_branch_of_leads(timeline)
    _add_step_to_staff(timeline)
    _add_applications(timeline)
    _add_open_again(timeline)


def _with_branch_and_records() -> dict[str, Any]:
    """The pathway in which leads are a branch, and two people sign for staff after references and an interview."""
    document: dict[str, Any] = documents.shipped(Pathway, SHIPPED).model_dump(mode="json")
    needs = document["requirements"]
    del needs["staff-talk"]
    needs["in-lead"] = {
        "evidence": f"branch:{BRANCH}",
        "title": "Signed as a lead",
        "how": "Once somebody has seen you lead, ask an assessor to sign.",
        "source": OURS,
    }
    needs["references"] = {
        "evidence": "reference:given",
        "times": 2,
        "facts": GOOD,
        "title": "Two references",
        "how": "Give staff the names of two people who know your work. Staff write to them.",
        "source": "NSPCC guidance on safer recruitment asks for at least two references.",
    }
    needs["interview"] = {
        "evidence": "interview:staff",
        "facts": GOOD,
        "title": "Interview for the post",
        "how": "Staff invite you when there is a post.",
        "source": "NSPCC guidance on safer recruitment asks for a face-to-face interview.",
    }
    needs["right-to-work"] = {
        "evidence": "right-to-work:uk",
        "title": "Right to work in the UK",
        "how": "Bring your passport or a share code to the interview.",
        "source": "Home Office guidance for employers on checking the right to work.",
    }
    staff = [code for code in document["steps"]["staff"] if code != "staff-talk"]
    document["steps"]["staff"] = [*staff, "references", "interview", "right-to-work"]
    document["duties"]["lead"]["needs"].append("in-lead")
    document["branches"] = {
        BRANCH: {
            "title": "Leading shifts",
            "what": "Leads share out the work of a shift, look after those on it, and write the handover.",
            "from_stage": "volunteer",
            "needs": ["observed-lead"],
            "source": OURS,
        }
    }
    document["signing"] = {"staff": {"signers": 2}}
    return document


def _add_versions(timeline: Timeline) -> None:
    """The pathway with the branch, and after it one that gives who hosted before some weeks for the new course."""
    monday = timeline.demo.monday
    by = timeline.demo.people[ASSESSOR_OF_ASSESSORS].id

    def write(why: str, grace_until: str = "") -> Callable[[datetime], object]:
        def written(at: datetime) -> object:
            document = _with_branch_and_records()
            if grace_until:
                grace = {"cleared_at": at.isoformat(), "until": grace_until}
                document["requirements"]["safeguarding"]["grace"] = grace
            on = clock.on(at, settings.current().zone)
            return documents.write("pathway", document, holds_from=on, why=why, by=by, now=at)

        return written

    timeline.add(
        hour(monday - timedelta(days=DAYS_SINCE_NEW_PATHWAY), 9),
        write("Leading is a way of its own, and two people decide who joins staff."),
    )
    timeline.add(
        hour(monday - timedelta(days=10), 12),
        write(
            "All who meet young people take Safeguarding essentials. Who was cleared before has seven weeks for it.",
            (monday + timedelta(days=39)).isoformat(),
        ),
    )


def _add_branch_of_leads(timeline: Timeline) -> None:
    """Everybody who was seen leading before leads became a branch is signed for it on its first day."""
    people = {person.id: person for person in timeline.demo.people.values()}

    def sign_all(at: datetime) -> None:
        known = facts_of_people(people, kinds={FactKind.OBSERVED, FactKind.WITHDRAWN})
        emails = {person.id: email for email, person in timeline.demo.people.items()}
        for turn, (person_id, facts) in enumerate(known.items()):
            if any(fact.kind == FactKind.OBSERVED and fact.key == "lead" for fact in facts):
                by = timeline.assessor_of(emails[person_id], turn)
                joining.sign(people[person_id], BRANCH, by=by, reason="Leads well, as others have written.", now=at)

    timeline.add(hour(timeline.demo.monday - timedelta(days=DAYS_SINCE_NEW_PATHWAY), 10), sign_all)


def _add_step_to_staff(timeline: Timeline) -> None:
    """Records of two people for a post; one of them is complete, and has one signature of two."""
    demo = timeline.demo
    wants, other, by = (demo.people[each] for each in (WANTS_TO_BE_STAFF, ONE_REFERENCE_SO_FAR, ASSESSORS[0]))
    begins = hour(demo.monday - timedelta(days=30), 11)

    def given(person: Person, referee: str, relation: Relation, words: str) -> Callable[[datetime], object]:
        return _record(
            person, by, FactKind.REFERENCE, "given", relation=relation, referee=referee, words=words, outcome=True
        )

    timeline.add(
        begins,
        given(wants, "Ruth Hallam", Relation.WORK, "Three years at our library. Patient, on time, and asks for help."),
    )
    timeline.add(
        begins + timedelta(days=2),
        given(other, "Ivor Penrose", Relation.VOLUNTEERING, "Ran our night shelter with me for two winters."),
    )
    timeline.add(
        begins + timedelta(days=4),
        given(wants, "Dr Ola Brandt", Relation.EDUCATION, "Thoughtful in every tutorial, and kind to the others."),
    )
    timeline.add(
        begins + timedelta(days=9),
        _record(
            wants,
            by,
            FactKind.INTERVIEW,
            "staff",
            outcome=True,
            words="Clear about when to call for help. We would be glad of them.",
        ),
    )
    timeline.add(
        begins + timedelta(days=9, hours=1), _record(wants, by, FactKind.RIGHT_TO_WORK, "uk", proof=Proof.ONLINE)
    )
    reason = "I have led beside them on two long evenings. The references say the same."
    timeline.add(
        hour(demo.monday - timedelta(days=5), 15),
        lambda at: signoff.sign_off(wants, Stage.STAFF, by=demo.people[SIGNS_FIRST], reason=reason, now=at),
    )


def _record(
    person: Person,
    by: Person,
    kind: FactKind,
    key: str,
    *,
    outcome: bool = False,
    **said: Any,
) -> Callable[[datetime], object]:
    def record(at: datetime) -> object:
        new = NewRecord(
            kind=kind,
            key=key,
            on=clock.on(at, settings.current().zone),
            outcome=RecordOutcome.GOOD if outcome else None,
            **said,
        )
        return record_it(person, new, by=by, now=at)

    return record


def _add_applications(timeline: Timeline) -> None:
    """Two people who applied: one was asked something and answered, the other waits."""
    demo, monday = timeline.demo, timeline.demo.monday
    wants, other, by = (demo.people[each] for each in (WANTS_TO_BE_STAFF, APPLIES_TOO, ASSESSORS[0]))
    said = "I have led the evenings for a year, and would like to train those who come after me."
    question = "Which evenings could you give from April on? The post is for three a week."
    answer = "Tuesday to Thursday suit me well; my other work ends at four."
    also = "I have shadowed since the autumn. I would like to be there for the hard conversations as well."
    timeline.add(hour(monday - timedelta(days=18), 19), lambda at: applications.apply(wants, Stage.STAFF, said, now=at))
    timeline.add(
        hour(monday - timedelta(days=16), 10), lambda at: applications.ask_for_more(wants, question, by=by, now=at)
    )
    timeline.add(hour(monday - timedelta(days=15), 20), lambda at: applications.answer(wants, answer, now=at))
    timeline.add(
        hour(monday - timedelta(days=4), 18), lambda at: applications.apply(other, Stage.VOLUNTEER, also, now=at)
    )


def _add_open_again(timeline: Timeline) -> None:
    """An observed shift was another person's: it is withdrawn, and the sign-off that rested on it is open again."""
    demo = timeline.demo
    person = demo.people[OPEN_AGAIN]

    def withdraw(at: datetime) -> object:
        seen = [fact for fact in facts_of_person(person.id) if fact.kind == FactKind.OBSERVED and fact.key == "shift"]
        by = next(demo.people[each].id for each in ASSESSORS if demo.people[each].id != seen[0].by_person_id)
        return evidence.withdraw(seen[0].id, by=by, why="It was Elder who was on that shift, not Egret.", now=at)

    timeline.add(hour(demo.monday - timedelta(days=3), 11), withdraw)


def load_after_shifts(demo: Demonstration) -> None:
    """Load what a lead wrote of a peer on one of the published shifts that are over; others wait to be written."""
    lead = demo.people[ASSESSORS[0]]
    observers = [lead, *(person for person in demo.people.values() if person is not lead)]
    for observer in observers:
        waiting = on_shift.observable_by(observer, demo.now)
        stages = stages_of([each.seat.person_id for each in waiting], demo.now)
        peers = [each for each in waiting if stages[each.seat.person_id] is Stage.PEER]
        if len(waiting) > 1 and peers:
            _write_of(demo, peers[-1], observer)
            return


def _write_of(demo: Demonstration, found: on_shift.Observable, observer: Person) -> None:
    marks = {question.key: Mark.GOOD for question in found.form.questions}
    marks[found.form.questions[-1].key] = Mark.NOT_SEEN
    person = next(each for each in demo.people.values() if each.id == found.seat.person_id)
    note = (
        "Kind and attentive, and quick to say when something looked wrong. We were two for the handover, so that I "
        "have not seen yet; next time it is theirs."
    )
    with db.writing():
        on_shift.record_on_shift(person, found.seat.seat_id, marks, note=note, by=observer, now=demo.now)
