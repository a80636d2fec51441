"""A step that takes several people: each signs once, nobody who observed most, and the last one decides it."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app import db
from app.outbox.models import OutboxRow
from app.people.models import Person, Role
from app.policies import documents
from app.refusals import Refusal
from progression import evidence, signoff
from progression.fact_kinds import FactKind
from progression.ledger import facts_of_person
from progression.models import Evidence
from progression.pathway import SHIPPED, Pathway
from progression.ready_for_decision import candidates_for_decision
from progression.stages import Stage
from progression.standing import stages_of
from tests.conftest import People, SignIn
from tests.page_fields import hidden
from tests.progression.bringing import bring_to, has_all_for, is_observed
from tests.times import NOW, TODAY
from tests.training.emails import queued, words_of

SOON = NOW + timedelta(minutes=5)


@pytest.fixture
def by_two(app: Flask, people: People) -> None:
    """A pathway whose step to volunteer takes two people."""
    pathway = documents.shipped(Pathway, SHIPPED).model_dump(mode="json") | {"signing": {"volunteer": {"signers": 2}}}
    heron = people.person("Heron")
    with db.writing():
        documents.write("pathway", pathway, holds_from=TODAY, why="Two look.", by=heron.id, now=NOW)


@pytest.fixture
def observers(people: People) -> list[Person]:
    return [people.person("Birch"), people.person("Ash")]


@pytest.fixture
def signers(people: People) -> dict[str, Person]:
    return {name: people.person(name, roles=(Role.ASSESSOR,)) for name in ("Marlow", "Sable", "Tansy")}


@pytest.fixture
def otter(people: People, signers: dict[str, Person], observers: list[Person], by_two: None) -> Person:
    """A peer with all for the next step, observed by Birch alone."""
    peer = bring_to(people.person("Otter"), Stage.PEER, by=observers[1])
    has_all_for(peer, Stage.VOLUNTEER, by=observers[0])
    return peer


def signs(person: Person, by: Person, *, once: str | None = None) -> Evidence:
    with db.writing():
        return signoff.sign_off(person, Stage.VOLUNTEER, by=by, reason="I looked at it all.", now=NOW, once=once)


def told(kind: str) -> set[int]:
    return set(db.session.scalars(select(OutboxRow.person_id).where(OutboxRow.kind == kind)))


def stage_of(person: Person) -> Stage:
    return stages_of([person.id], NOW)[person.id]


def test_the_first_signature_opens_nothing_and_the_second_is_the_sign_off(
    otter: Person, signers: dict[str, Person]
) -> None:
    first = signs(otter, signers["Marlow"])
    assert (first.kind, stage_of(otter)) == (FactKind.SIGNATURE, Stage.PEER)
    assert told("signature-given") == {otter.id}
    assert told("signature-wanted") == {signers["Sable"].id, signers["Tansy"].id}
    second = signs(otter, signers["Sable"])
    assert (second.kind, stage_of(otter)) == (FactKind.SIGN_OFF, Stage.VOLUNTEER)
    assert second.facts["signatures"] == [first.id]


def test_nobody_signs_twice(otter: Person, signers: dict[str, Person]) -> None:
    signs(otter, signers["Marlow"])
    with pytest.raises(signoff.MayNotSign, match="signed this step of Otter already"):
        signs(otter, signers["Marlow"])
    assert stage_of(otter) is Stage.PEER


def test_the_form_of_a_signature_sent_twice_counts_once(otter: Person, signers: dict[str, Person]) -> None:
    first = signs(otter, signers["Marlow"], once="form:1:abcdefgh")
    assert signs(otter, signers["Marlow"], once="form:1:abcdefgh").id == first.id
    assert stage_of(otter) is Stage.PEER


def test_who_wrote_most_of_the_observations_signs_neither_first_nor_second(
    otter: Person, observers: list[Person], signers: dict[str, Person]
) -> None:
    with pytest.raises(signoff.MayNotSign, match="most of the observations"):
        signs(otter, observers[0])
    signs(otter, signers["Marlow"])
    with pytest.raises(signoff.MayNotSign, match="most of the observations"):
        signs(otter, observers[0])
    assert stage_of(otter) is Stage.PEER


def test_two_observers_of_one_shift_each_have_half_and_may_sign(otter: Person, observers: list[Person]) -> None:
    is_observed(otter, "shift", by=observers[1])
    signs(otter, observers[0])
    signs(otter, observers[1])
    assert stage_of(otter) is Stage.VOLUNTEER


def test_a_signature_that_is_withdrawn_takes_the_sign_off_with_it(otter: Person, signers: dict[str, Person]) -> None:
    first = signs(otter, signers["Marlow"])
    signs(otter, signers["Sable"])
    with db.writing():
        evidence.withdraw(first.id, by=signers["Marlow"].id, why="I meant Ottilie.", now=SOON)
    assert stages_of([otter.id], SOON) == {otter.id: Stage.PEER}


def test_a_signature_counts_no_longer_when_its_evidence_is_withdrawn(otter: Person, signers: dict[str, Person]) -> None:
    signs(otter, signers["Marlow"])
    (seen,) = [fact for fact in facts_of_person(otter.id) if fact.requirement == "observed:shift"]
    with db.writing():
        evidence.withdraw(seen.id, by=signers["Tansy"].id, why="Another night.", now=NOW)
    is_observed(otter, "shift", by=signers["Tansy"])
    assert signs(otter, signers["Sable"]).kind == FactKind.SIGNATURE
    assert signs(otter, signers["Marlow"]).kind == FactKind.SIGN_OFF


def test_after_a_not_yet_the_signatures_begin_again(otter: Person, signers: dict[str, Person]) -> None:
    signs(otter, signers["Marlow"])
    with db.writing():
        signoff.not_yet(otter, Stage.VOLUNTEER, by=signers["Sable"], reason="One more night.", now=NOW)
    assert signs(otter, signers["Marlow"]).kind == FactKind.SIGNATURE


def test_who_has_signed_no_longer_has_the_person_among_those_who_wait(
    otter: Person, signers: dict[str, Person]
) -> None:
    signs(otter, signers["Marlow"])
    waits = {
        name: [each.is_waiting for each in candidates_for_decision(NOW, excluding=signer.id)]
        for name, signer in signers.items()
    }
    assert waits == {"Marlow": [False], "Sable": [True], "Tansy": [True]}


@pytest.mark.both_databases
def test_two_who_sign_at_the_same_moment_are_both_heard_and_a_third_is_told(
    app: Flask, otter: Person, signers: dict[str, Person]
) -> None:
    otter_id, ids = otter.id, [each.id for each in signers.values()]
    db.session.rollback()
    together, answers = threading.Barrier(len(ids)), list[str]()

    def sign(by_id: int) -> None:
        with app.app_context():
            together.wait(timeout=30)
            try:
                about, by = db.session.get_one(Person, otter_id), db.session.get_one(Person, by_id)
                answers.append(signs(about, by).kind)
            except Refusal as refusal:
                answers.append(type(refusal).__name__)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=sign, args=(by_id,)) for by_id in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(answers) == ["StepAlreadyTaken", "sign-off", "signature"]


def test_the_page_says_who_signed_and_who_may_still(
    client: FlaskClient, sign_in: SignIn, otter: Person, signers: dict[str, Person]
) -> None:
    as_marlow = sign_in(client, signers["Marlow"])
    page = as_marlow.get(f"/sign-offs/{otter.id}").text
    data = {name: hidden(page, name) for name in ("to", "once", "seen")}
    data |= {"decision": "sign-off", "reason": "Steady on a hard night."}
    answer = as_marlow.post(f"/sign-offs/{otter.id}", data=data, follow_redirects=True).text
    assert "Your signature is recorded. Somebody else signs next" in answer
    assert "Second signature: Marlow signed on" in " ".join(answer.split())
    assert "May still sign: Sable and Tansy." in answer
    assert 'value="sign-off"' not in answer
    overtaken = sign_in(client, signers["Sable"]).post(f"/sign-offs/{otter.id}", data=data)
    assert overtaken.status_code == 409
    assert "Signature for the step to volunteer, recorded by Marlow." in overtaken.text
    for kind, to, words in (
        ("signature-given", otter, "1 more person signs before you are a volunteer"),
        ("signature-wanted", signers["Sable"], "Marlow has signed Otter’s step to volunteer"),
    ):
        (row,) = [each for each in queued(kind) if each.person_id == to.id]
        _subject, text, html = words_of(row)
        for body in (text, html):
            assert words in " ".join(body.split())
            assert "Steady" not in body
