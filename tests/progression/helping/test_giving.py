"""Help given in person: recorded by those who record evidence, read by the person, counted without names."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app import audit, clock, db
from app.people.models import Person, Role
from app.refusals import Conflict, Invalid, NotAllowed, NotFound, Refusal
from progression.helping import giving
from progression.helping.giving import NewHelp, help_by_month, help_given_to
from progression.helping.models import LONGEST_WORDS, HelpGiven, HelpKind
from tests.conftest import People, SignIn
from tests.times import NOW, TODAY


@pytest.fixture
def two(people: People) -> tuple[Person, Person]:
    return people.person("Wren"), people.person("Sable", roles=(Role.ASSESSOR,))


def give(person: Person, by: Person, once: str = "form:1", **more: Any) -> int:
    new = NewHelp(**{"kind": HelpKind.SAT_WITH, "on": TODAY, "by_id": by.id, **more})
    with db.writing():
        return giving.record(person, new, by=by, now=NOW, once=once).id


@pytest.mark.both_databases
def test_a_device_is_lent_until_it_is_given_back_and_the_trail_keeps_the_kind_and_no_words(
    two: tuple[Person, Person],
) -> None:
    wren, sable = two
    lent = give(wren, sable, kind=HelpKind.DEVICE, words="The blue laptop")
    assert give(wren, sable, kind=HelpKind.DEVICE, words="The blue laptop") == lent, "the same form counts once"
    assert [(one.is_lent, one.by, one.words) for one in help_given_to(wren.id)] == [(True, "Sable", "The blue laptop")]
    with db.writing():
        giving.give_back(wren.id, lent, by=sable, now=NOW + timedelta(days=2))
    assert [(one.is_lent, one.back_on) for one in help_given_to(wren.id)] == [(False, TODAY + timedelta(days=2))]
    with pytest.raises(Conflict, match="already"), db.writing():
        giving.give_back(wren.id, lent, by=sable, now=NOW)
    with db.writing():
        giving.take_back(wren.id, lent, by=sable, now=NOW)
    assert db.session.scalars(select(HelpGiven)).all() == []
    lines = [
        line for line in db.session.scalars(select(audit.AuditLine)) if "help" in line.action or "device" in line.action
    ]
    assert [(line.action, line.by_id, line.details) for line in lines] == [
        (action, sable.id, {"help": "a device was lent"})
        for action in ("progression.help-recorded", "progression.device-back", "progression.help-taken-back")
    ]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"on": TODAY + timedelta(days=1)}, "given_on"),
        ({"on": date(2010, 1, 1)}, "given_on"),
        ({"by_id": 9999}, "by"),
        ({"kind": HelpKind.OTHER, "words": " "}, "words"),
        ({"words": "x" * (LONGEST_WORDS + 1)}, "words"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(
    two: tuple[Person, Person], wrong: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        give(*two, **wrong)
    assert refused.value.field == field


def test_nobody_records_or_changes_help_for_themselves_and_nobody_else_s_by_its_number(
    two: tuple[Person, Person], people: People
) -> None:
    wren, sable = two
    rook = people.person("Rook", roles=(Role.ASSESSOR,))
    with pytest.raises(NotAllowed):
        give(sable, sable, by_id=rook.id)
    with pytest.raises(Invalid):
        give(wren, sable, by_id=wren.id)
    about_sable, about_wren = give(sable, rook), give(wren, sable, once="form:2")
    tries: list[tuple[int, int, type[Refusal]]] = [
        (sable.id, about_sable, NotAllowed),
        (rook.id, about_wren, NotFound),
    ]
    for person_id, help_id, refusal in tries:
        with pytest.raises(refusal), db.writing():
            giving.take_back(person_id, help_id, by=sable, now=NOW)
    with pytest.raises(Invalid, match="Nothing was lent"), db.writing():
        giving.give_back(wren.id, about_wren, by=sable, now=NOW)


def test_the_months_that_had_help_are_counted_the_latest_first(two: tuple[Person, Person]) -> None:
    wren, sable = two
    days = [date(2026, 1, 31), date(2026, 3, 1), date(2026, 3, 31), date(2025, 12, 31)]
    for number, day in enumerate(days):
        give(wren, sable, once=f"form:{number}", on=day)
    assert help_by_month(date(2026, 1, 1)) == [(date(2026, 3, 1), 2), (date(2026, 1, 1), 1)]


def test_staff_record_it_on_the_file_the_person_reads_it_and_those_who_plan_see_a_number_alone(
    client: FlaskClient, two: tuple[Person, Person], people: People, sign_in: SignIn
) -> None:
    wren, sable = two
    tansy = people.person("Tansy", roles=(Role.COORDINATOR,))
    sign_in(client, sable)
    today = clock.now().date()
    fields = {"kind": "device", "by": str(sable.id), "words": "The blue laptop", "once": "abcdefgh1234"}
    day = {"given_on": [str(today.day), str(today.month), str(today.year)]}
    sent = client.post(f"/sign-offs/{wren.id}/help", data={**fields, **day})
    assert sent.status_code == 302, sent.text
    (given,) = help_given_to(wren.id)
    file = client.get(f"/sign-offs/{wren.id}").text
    assert "The blue laptop" in file
    assert "Given back" in file
    assert client.post(f"/sign-offs/{wren.id}/help/{given.id}/given-back").status_code == 302
    sign_in(client, wren)
    road = client.get("/journey/all").text
    assert "Sable lent you a device" in road
    assert "The blue laptop" in road
    sign_in(client, tansy)
    assert "The blue laptop" not in client.get(f"/people/{wren.id}").text
    assert client.get(f"/sign-offs/{wren.id}").status_code == 403
    page = client.get("/sign-offs/pipeline").text
    assert "Help given in person" in page
    assert "The blue laptop" not in page
    sign_in(client, sable)
    assert client.post(f"/sign-offs/{wren.id}/help/{given.id}/take-back").status_code == 302
    assert help_given_to(wren.id) == []
