"""Whose certificates go into one file."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app import db
from app.people.models import PersonPrivate, Role
from app.refusals import Invalid
from progression import evidence
from progression.ledger import facts_of_person
from progression.stages import Stage
from tests.conftest import People
from tests.times import NOW
from tests.training.courses import install_shipped, pass_course
from training import certificates
from training.bulk import choosing
from training.bulk.choosing import Choice, chosen, how_many
from training.models import Certificate

TODAY = NOW.date()


def names(choice: Choice) -> list[str]:
    ids = chosen(choice, now=NOW)
    rows = {row.id: row.printed_name for row in db.session.scalars(select(Certificate).where(Certificate.id.in_(ids)))}
    return [rows[each] for each in ids]


@pytest.mark.both_databases
def test_a_choice_takes_the_newest_of_each_person_and_neither_replaced_nor_withdrawn_ones(
    app: Flask, people: People
) -> None:
    install_shipped()
    wren, moss, sable = people.person("Wren"), people.person("Moss"), people.person("Sable", roles=(Role.ASSESSOR,))
    for learner in (wren, moss, sable):
        pass_course(learner)
    with db.writing():
        db.session.get_one(PersonPrivate, wren.id).legal_name = "Ada Wren"
        old = db.session.scalars(select(Certificate).where(Certificate.person_id == wren.id)).one()
        certificates.rename(old.id, "Ada Wren", by=wren, now=NOW)
        evidence.withdraw(facts_of_person(moss.id)[0].id, by=sable.id, why="Another person took it.", now=NOW)
    assert names(Choice("conflict")) == ["Ada Wren", "Sable"]
    assert names(Choice("conflict", first=TODAY, last=TODAY)) == ["Ada Wren", "Sable"]
    assert names(Choice("conflict", stage=Stage.USER)) == ["Ada Wren", "Sable"]
    for nobody in (
        Choice("conflict", first=TODAY + timedelta(days=1)),
        Choice("conflict", last=TODAY - timedelta(days=1)),
        Choice("conflict", stage=Stage.STAFF),
    ):
        assert how_many(nobody, now=NOW) == 0
        with pytest.raises(Invalid, match="There is no certificate like this"):
            chosen(nobody, now=NOW)


def test_more_than_one_file_takes_is_refused_with_the_number_and_what_to_do(
    app: Flask, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    install_shipped()
    monkeypatch.setattr(choosing, "MOST", 1)
    for name in ("Wren", "Moss"):
        pass_course(people.person(name))
    with pytest.raises(Invalid, match=r"These are 2 certificates, and one file takes 1\. Choose a stage"):
        chosen(Choice("conflict"), now=NOW)


def test_days_in_the_wrong_order_are_refused(app: Flask) -> None:
    install_shipped()
    with pytest.raises(Invalid, match="The last day lies before the first"):
        how_many(Choice("conflict", first=TODAY, last=TODAY - timedelta(days=1)), now=NOW)


def test_a_choice_is_the_same_after_a_task_kept_it() -> None:
    for choice in (Choice("conflict"), Choice("conflict", Stage.PEER, TODAY, TODAY)):
        assert Choice.from_json(choice.as_json()) == choice
