"""Who is kept apart: never seated together, whatever the reason."""

from __future__ import annotations

from datetime import date, time

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from app import db
from app.audit import AuditLine
from app.people.models import Person, Role
from app.refusals import Invalid
from progression.duties import Duty
from rota.exchanges.changes import DoesNotFit
from rota.planning import drafts
from rota.scheduling.cover_pattern import Need
from rota.scheduling.engine.solve import solve
from rota.shifts import claims_and_drops
from rota.store import availability, pairs
from rota.store.models import Rota
from rota.store.pairs import KeptPair, KeptPairReason
from rota.store.snapshot import take_snapshot
from tests.conftest import People, SignIn
from tests.page_fields import hidden
from tests.rota.crew import LONDON, LONG_AGO, Crew, board_of, seats
from tests.times import NOW

TWO = (Need(Duty.MODERATOR, 1, 2, 2),)
NOT_MONDAY = frozenset(range(1, 7))


def keep(one: Person, other: Person, by: Person, *, together: bool = False, reason: str = "") -> None:
    with db.writing():
        pairs.keep_pair(
            (one.id, other.id),
            is_together=together,
            from_on=NOW.date(),
            until_on=None,
            reason=reason,
            by=by.id,
            now=NOW,
        )


@pytest.mark.both_databases
def test_a_pair_is_kept_once_and_ends_with_its_reason(app: Flask, people: People) -> None:
    fern, wren, sable = people.person("Fern"), people.person("Wren"), people.person("Sable")
    keep(wren, fern, sable, reason="They fell  out.")
    with pytest.raises(Invalid, match="already"):
        keep(fern, wren, sable)
    with pytest.raises(Invalid, match="two different"):
        keep(fern, fern, sable)
    [shown] = pairs.pairs_with_reasons()
    assert (shown.first, shown.second, shown.made_by, shown.reason) == ("Fern", "Wren", "Sable", "They fell out.")
    with db.writing():
        pairs.erase_reason(shown.row.id, by=sable.id, now=NOW)
    assert pairs.pairs_with_reasons()[0].reason is None
    with db.writing():
        pairs.end_pair(shown.row.id, by=sable.id, now=NOW)
        pairs.end_pair(shown.row.id, by=sable.id, now=NOW)
    for table in (KeptPair, KeptPairReason):
        assert db.session.scalars(select(table)).all() == []
    lines = db.session.scalars(select(AuditLine).where(AuditLine.action.startswith("rota.pair")).order_by(AuditLine.id))
    assert [(line.action, line.details) for line in lines] == [
        ("rota.pair-kept", {}),
        ("rota.pair-reason-erased", {}),
        ("rota.pair-ended", {}),
    ]


@pytest.mark.both_databases
def test_the_database_keeps_the_lower_id_first(app: Flask, people: People) -> None:
    fern, wren = people.person("Fern"), people.person("Wren")
    row = {"is_together": False, "from_on": NOW.date(), "made_at": NOW, "made_by_id": fern.id}
    with pytest.raises(IntegrityError), db.writing():
        db.session.execute(insert(KeptPair).values(first_id=wren.id, second_id=fern.id, **row))


@pytest.fixture
def teal_beside_wren(crew: Crew) -> tuple[Rota, Person, Person]:
    """A rota of Monday and Tuesday with two seats each, Wren on Monday; Teal offers all days but Monday."""
    wren, teal = crew.moderator("Wren"), crew.moderator("Teal")
    crew.always_can(wren)
    with db.writing():
        availability.add_weekly_time(teal.id, NOT_MONDAY, time(0), time(0), zone=LONDON, now=LONG_AGO)
    rota = crew.rota(crew.evenings("Board", *TWO))
    crew.give(rota, seats(rota)[0], wren)
    return rota, wren, teal


def now_also_on_monday(teal: Person) -> None:
    with db.writing():
        availability.add_weekly_time(teal.id, {0}, time(0), time(0), zone=LONDON, now=LONG_AGO)


def of_monday(rota: Rota) -> int:
    return seats(rota)[1].id


def test_nobody_seats_them_together_whatever_the_reason(
    people: People, crew: Crew, teal_beside_wren: tuple[Rota, Person, Person]
) -> None:
    rota, wren, teal = teal_beside_wren
    now_also_on_monday(teal)
    keep(wren, teal, people.person("Sable"))
    for reason in ("", "She said it is fine"):
        with pytest.raises(drafts.BreaksRules, match=r"^Teal is not available then\.$"):
            crew.give(rota, seats(rota)[1], teal, reason=reason)
    roster = take_snapshot(board_of(rota), now=NOW).roster
    plan = solve(roster, seconds=2).plan
    monday, tuesday = seats(rota)[0].shift_id, seats(rota)[2].shift_id
    assert plan.on(monday, Duty.MODERATOR) == (wren.id,)
    assert len(plan.on(tuesday, Duty.MODERATOR)) == 1
    crew.publish(rota)
    monday_seat = of_monday(rota)
    with pytest.raises(DoesNotFit, match="Teal is not available"), db.writing():
        claims_and_drops.claim(monday_seat, teal, now=NOW)
    assert of_monday(rota) not in {seat.id for seat in claims_and_drops.open_shifts_for(teal, now=NOW)}
    with db.writing():
        claims_and_drops.claim(seats(rota)[2].id, teal, now=NOW)


def test_two_who_were_seated_before_stop_publishing_and_the_page_does_not_say_why(
    client: FlaskClient, people: People, sign_in: SignIn, crew: Crew, teal_beside_wren: tuple[Rota, Person, Person]
) -> None:
    rota, wren, teal = teal_beside_wren
    now_also_on_monday(teal)
    crew.give(rota, seats(rota)[1], teal)
    keep(wren, teal, people.person("Sable"))
    sign_in(client, people.person("Tansy", roles=(Role.COORDINATOR,)))
    page = client.get(f"/rota/{rota.id}/publish").text
    assert "Teal is not available then." in page
    assert "kept apart" not in page


def test_only_those_who_decide_it_open_the_page_and_each_look_is_recorded(
    client: FlaskClient, people: People, sign_in: SignIn
) -> None:
    people.person("Fern"), people.person("Wren")
    sign_in(client, people.person("Tansy", roles=(Role.COORDINATOR,)))
    assert client.get("/pairs").status_code == 403
    sable = people.person("Sable", roles=(Role.ASSESSOR,))
    sign_in(client, sable)
    page = client.get("/pairs").text
    today = NOW.date()
    typed = {
        "how": "apart",
        "first": "fern ",
        "second": "Nobody",
        "reason": "They fell out.",
        "from_on": [str(today.day), str(today.month), str(today.year)],
        "csrf_token": hidden(page, "csrf_token"),
    }
    assert "Nobody has this display name" in client.post("/pairs", data=typed).text
    client.post("/pairs", data=typed | {"second": "Wren"})
    page = client.get("/pairs").text
    assert "Fern and Wren" in page
    assert "They fell out." in page
    looks = db.session.scalars(select(AuditLine.by_id).where(AuditLine.action == "rota.pairs-read")).all()
    assert looks == [sable.id]


def test_an_entry_counts_from_its_first_to_its_last_day(
    people: People, crew: Crew, teal_beside_wren: tuple[Rota, Person, Person]
) -> None:
    rota, wren, teal = teal_beside_wren
    sable = people.person("Sable")
    with db.writing():
        pairs.keep_pair(
            (wren.id, teal.id),
            is_together=False,
            from_on=date(2027, 2, 23),
            until_on=date(2027, 2, 23),
            reason="",
            by=sable.id,
            now=NOW,
        )
    now_also_on_monday(teal)
    crew.give(rota, seats(rota)[1], teal)
    crew.give(rota, seats(rota)[2], teal)
    with pytest.raises(drafts.BreaksRules):
        crew.give(rota, seats(rota)[3], wren)


@pytest.mark.parametrize("how", ["apart", "together"])
def test_what_is_entered_on_the_page_changes_the_proposal(
    client: FlaskClient, people: People, sign_in: SignIn, crew: Crew, how: str
) -> None:
    wren, teal, fern, rook = (crew.moderator(name) for name in ("Wren", "Teal", "Fern", "Rook"))
    crew.always_can(wren, teal, fern, rook)
    rota = crew.rota(crew.evenings("Board", *TWO))
    sign_in(client, people.person("Sable", roles=(Role.ASSESSOR,)))
    today = NOW.date()
    typed = {
        "how": how,
        "first": "Wren",
        "second": "Teal",
        "from_on": [str(today.day), str(today.month), str(today.year)],
    }
    answer = client.post("/pairs", data=typed | {"csrf_token": hidden(client.get("/pairs").text, "csrf_token")})
    assert answer.status_code == 302
    plan = solve(take_snapshot(board_of(rota), now=NOW).roster, seconds=2).plan
    crews = {frozenset(plan.on(seat.shift_id, Duty.MODERATOR)) for seat in seats(rota)}
    pair = {wren.id, teal.id}
    assert {len(on_it) for on_it in crews} == {2}
    assert {len(on_it & pair) for on_it in crews} == ({1} if how == "apart" else {0, 2})
