"""Every route and method, tried by a real account of each kind: it opens, is refused, or asks to sign in.

What is right comes from the two tables in audience.py: who may open a route, and which roles give which permission.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import time
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.routing import Rule

from app import db
from app.files import store
from app.files.kinds import FileKind
from app.jobs.models import Task
from app.pages.converters import WholeNumber
from app.people import rights
from app.people.models import Departure, Role, SignedInSession
from progression.duties import Duty
from progression.listening.models import Suggestion
from progression.road.thanks import ThankYou
from rota.exchanges.models import ChangeKind, ChangeState, SeatChange
from rota.shifts.offers import begin_asking
from rota.store.absences import Absence
from rota.store.models import Assignment, AvailabilityDated, AvailabilityWeekly, Channel, DatedKind
from rota.store.seat_asks import SeatAsk
from rota.store.seat_part_rows import SeatPart
from rota.store.standing_seats import StandingSeat
from rota.store.wishes import ShiftWish
from tests.architecture.audience import AGREED_AUDIENCE, AGREED_GRANTS
from tests.conftest import People, SignIn
from tests.rota.crew import Crew
from tests.times import NOW
from tests.training.courses import install_shipped, pass_course
from training import elsewhere
from training.elsewhere import Stated
from training.models import Certificate, ElsewhereTraining

NOBODYS = 999_999  # an id that no row has
# Each refuses people who may open it, for a reason of its own that another test is about.
REFUSE_BY_THEMSELVES = {"rota.show_number", "sign_offs.observation", "sign_offs.observe"}
LEADS_TO_THE_SIGN_IN_PAGE = {"people.sign_out"}


def test_every_permission_is_given_by_the_roles_that_were_agreed(app: Flask) -> None:
    given: dict[str, set[str]] = {}
    for each in rights.grants:
        for role, permissions in each.by_role.items():
            for permission in permissions:
                given.setdefault(permission, set()).add(role)
    assert given == {permission: set(roles.split()) for permission, roles in AGREED_GRANTS.items()}


def agreed(endpoint: str, roles: tuple[Role, ...] | None) -> str:
    """What somebody with these roles should get; None for a visitor who is not signed in."""
    audience = AGREED_AUDIENCE[endpoint]
    if audience == "public":
        return "opens"
    if roles is None:
        return "asks to sign in"
    if audience == "signed in" or set(roles) & set(AGREED_GRANTS[audience].split()):
        return "opens"
    return "is refused"


def requests(app: Flask) -> Iterator[tuple[str, str, str]]:
    """Endpoint, method and an address of every route; ids are such as no row has."""
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static" or rule.endpoint in LEADS_TO_THE_SIGN_IN_PAGE | REFUSE_BY_THEMSELVES:
            continue
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule.endpoint, method, adapter.build(rule.endpoint, values_for(rule), method=method)


def values_for(rule: Rule) -> dict[str, Any]:
    return {name: NOBODYS if isinstance(kind, WholeNumber) else "x" for name, kind in rule._converters.items()}


def outcome(client: FlaskClient, method: str, address: str) -> str:
    answer = client.open(address, method=method)
    if answer.status_code == 302 and answer.headers["Location"].startswith("/sign-in"):
        return "asks to sign in"
    return "is refused" if answer.status_code == 403 else "opens"


def test_every_route_opens_for_exactly_the_accounts_that_were_agreed(
    app: Flask, people: People, sign_in: SignIn
) -> None:
    crew = Crew(people)
    accounts = {
        "member": people.person("Member"),
        "peer": crew.peer("Peer"),
        "volunteer": crew.moderator("Volunteer"),
        **{role.value: people.person(roles=(role,)) for role in Role},
    }
    clients = {kind: sign_in(app.test_client(), person) for kind, person in accounts.items()}
    clients["nobody"] = app.test_client()
    roles = {kind: (Role(kind),) if kind in set(Role) else None if kind == "nobody" else () for kind in clients}
    wrong = [
        f"{kind}: {method} {endpoint} {is_now}, agreed is that it {should}"
        for endpoint, method, address in requests(app)
        for kind, client in clients.items()
        if (is_now := outcome(client, method, address)) != (should := agreed(endpoint, roles[kind]))
    ]
    assert wrong == []


# --- By whom: a row of another person answers as one that does not exist --------------------------------------------

Row = Callable[[], int]


def newest(table: Any) -> int:
    return int(db.session.scalars(select(table.id).order_by(table.id.desc()).limit(1)).one())


OWN_ROWS: dict[str, tuple[str, Row]] = {
    "people.end_browser": ("session_id", lambda: newest(SignedInSession)),
    "tasks.show": ("task_id", lambda: newest(Task)),
    "tasks.show_json": ("task_id", lambda: newest(Task)),
    "tasks.stop": ("task_id", lambda: newest(Task)),
    "certificates.show": ("certificate_id", lambda: newest(Certificate)),
    "certificates.pdf": ("certificate_id", lambda: newest(Certificate)),
    "certificates.credential": ("certificate_id", lambda: newest(Certificate)),
    "elsewhere.show": ("row_id", lambda: newest(ElsewhereTraining)),
    "elsewhere.file": ("row_id", lambda: newest(ElsewhereTraining)),
    "elsewhere.take_back": ("row_id", lambda: newest(ElsewhereTraining)),
    "rota.stop_offering": ("weekly_id", lambda: newest(AvailabilityWeekly)),
    "rota.take_back": ("dated_id", lambda: newest(AvailabilityDated)),
    "rota.remove_wish": ("wish_id", lambda: newest(ShiftWish)),
    "rota.give_up_standing_seat": ("standing_id", lambda: newest(StandingSeat)),
    "rota.give_back": ("assignment_id", lambda: newest(Assignment)),
    "rota.drop": ("assignment_id", lambda: newest(Assignment)),
    "suggestions.withdraw": ("suggestion_id", lambda: newest(Suggestion)),
    "journey.take_away_thanks": ("thanks_id", lambda: newest(ThankYou)),
    "rota.back_from_pause": ("absence_id", lambda: newest(Absence)),
    "rota.stay": ("departure_id", lambda: newest(Departure)),
    "rota.answer_pause": ("absence_id", lambda: newest(Absence)),
    "rota.unmake_absence": ("absence_id", lambda: newest(Absence)),
    "rota.asked_to_take": ("ask_id", lambda: newest(SeatAsk)),
    "rota.say_yes": ("ask_id", lambda: newest(SeatAsk)),
    "rota.say_no": ("ask_id", lambda: newest(SeatAsk)),
    "rota.confirm_shift": ("assignment_id", lambda: newest(Assignment)),
    "rota.take_back_confirmation": ("assignment_id", lambda: newest(Assignment)),
    "rota.say_could_stay": ("assignment_id", lambda: newest(Assignment)),
    "rota.take_back_could_stay": ("assignment_id", lambda: newest(Assignment)),
    "rota.ask_for_cover": ("assignment_id", lambda: newest(Assignment)),
    "rota.trades": ("assignment_id", lambda: newest(Assignment)),
    "rota.hours_to_offer": ("assignment_id", lambda: newest(Assignment)),
    "rota.offer_part": ("assignment_id", lambda: newest(Assignment)),
    "rota.part_to_give_back": ("part_id", lambda: newest(SeatPart)),
    "rota.give_part_back": ("part_id", lambda: newest(SeatPart)),
    "rota.ask_to_swap": ("assignment_id", lambda: newest(Assignment)),
    "rota.ask_for_ring": ("assignment_id", lambda: newest(Assignment)),
}
"""Of each route with an id that everybody may open: the id's name, and a row of the person who owns it."""

NOBODYS_OWN = {
    "conversations.show": "a conversation is between its people; tests/app/conversations/test_pages.py",
    "conversations.message": "an e-mail is its writer's and its readers'; tests/app/conversations/test_pages.py",
    "inbox.open_one": "its number is that of the e-mail; tests/app/inbox/test_pages.py",
    "rota.write_to_lead": "a shift is everybody's who is on it; tests/rota/shifts/test_leads.py",
    "news.show": "news are everybody's from a stage on; tests/progression/listening/test_news.py",
    "news.mark_read": "news are everybody's from a stage on; tests/progression/listening/test_news.py",
    "pulse.answer": "questions are everybody's from a stage on; tests/progression/listening/test_pulses.py",
    "rota.past_part": "who had taken it alone, once it is over; tests/rota/worked/test_did_not_come.py",
    "rota.past_shift": "its holder alone, once it is over; tests/rota/worked/test_did_not_come.py",
    "rota.shift": "a shift is everybody's who may see it; tests/rota/shifts/test_my_shifts.py",
    "rota.remove_partner": "a person is nobody's, and only one's own wish goes; tests/rota/store/test_asked_rows.py",
    "rota.offer_shift_time": "a shift is everybody's who may see it; tests/rota/shifts/test_why_not.py",
    "rota.wait_for_seat": "a taken seat is everybody's whom it fits; tests/rota/shifts/test_other_shifts.py",
    "rota.stop_waiting_for_seat": "only one's own place on the list goes; tests/rota/shifts/test_other_shifts.py",
    "rota.claim": "a free seat is nobody's; tests/rota/shifts/test_claims_and_drops.py",
    "rota.ask_around": "an offer is its asker's; tests/rota/shifts/test_part_asking.py",
    "rota.take_part": "hours that are offered are nobody's yet; tests/rota/exchanges/test_parts.py",
    "rota.seat_change": "a change is its people's and the planners'; tests/rota/exchanges/test_reading.py",
    "rota.answer_change": "a change is its people's; tests/rota/exchanges/test_changes.py",
    "rota.withdraw_change": "a change is its asker's; tests/rota/exchanges/test_changes.py",
    "sign_offs.observation": "a person is nobody's; who may write is in tests/progression/observing/test_on_shift.py",
    "sign_offs.observe": "a seat is nobody's; who may write is in tests/progression/observing/test_on_shift.py",
    "journey.record": "a record is its person's and its author's; tests/progression/observing/test_on_shift.py",
    "journey.take_answer_back": "only one's own answer goes; tests/progression/observing/test_on_shift.py",
    "live.show": "a session is everybody's to whom it is open; tests/training/live/test_pages.py",
    "live.book": "a session is everybody's to whom it is open; tests/training/live/test_pages.py",
    "live.give_up": "a session is everybody's to whom it is open; tests/training/live/test_pages.py",
    "live.calendar_entry": "a session is everybody's to whom it is open; tests/training/live/test_pages.py",
    "live.rate": "a session is everybody's to whom it is open; tests/training/live/test_pages.py",
    "live.mark": "a session is nobody's; who may mark is in tests/training/live/test_pages.py",
    "live.add_walk_in": "a session is nobody's; who may add is in tests/training/live/test_pages.py",
    "live.remove_walk_in": "a session is nobody's; who may remove is in tests/training/live/test_pages.py",
    "learning.question": "its number counts within one's own attempt",
    "documents.edition": "an edition is everybody's; tests/progression/documents/test_agreeing.py",
}


def test_every_route_with_an_id_that_everybody_may_open_is_in_the_table_of_own_rows(app: Flask) -> None:
    with_id = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if AGREED_AUDIENCE.get(rule.endpoint) == "signed in" and NOBODYS in values_for(rule).values()
    }
    assert with_id == OWN_ROWS.keys() | NOBODYS_OWN.keys()


@pytest.fixture
def owner(app: Flask, people: People, sign_in: SignIn) -> FlaskClient:
    """The browser of Wren, who has a row of each kind."""
    crew = Crew(people)
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    _, seat = crew.published(wren)
    install_shipped()
    pass_course(wren)
    stated = Stated("Kindness", "Northern College", NOW.date(), None)
    with store.written(b"%PDF-", FileKind.PDF) as new, db.writing():
        elsewhere.add(stated, new, of=wren, by=wren, now=NOW)
    with db.writing():
        said = {"kind": DatedKind.LEAVE, "starts_at": NOW.replace(year=2028), "ends_at": NOW.replace(year=2029)}
        db.session.add(AvailabilityDated(person_id=wren.id, said_at=NOW, **said))
        db.session.add(ShiftWish(person_id=wren.id, is_wanted=True, days="5", zone_name="Europe/London", said_at=NOW))
        asked = {"from_on": NOW.date(), "asked_at": NOW, "asked_by_id": wren.id}
        board = db.session.scalars(select(Channel.id)).first()
        place = {"channel_id": board, "duty": Duty.MODERATOR, "weekday": 4, "starts": time(18)}
        db.session.add(StandingSeat(person_id=wren.id, **place, **asked))
        days = {"starts_at": NOW, "ends_at": NOW.replace(year=2028)}
        db.session.add(Absence(person_id=wren.id, said_at=NOW, said_by_id=wren.id, leave_before=[], **days))
        db.session.add(Departure(person_id=wren.id, last_day=NOW.date(), said_at=NOW, said_by_id=wren.id))
        hours = {"starts_at": seat.starts_at, "ends_at": seat.ends_at}
        made = {"kind": ChangeKind.PART, "state": ChangeState.APPLIED, "made_at": NOW}
        change = SeatChange(expires_at=seat.starts_at, needs_approval=False, **made)
        db.session.add(change)
        db.session.flush()
        held = {"assignment_id": seat.assignment_id, "change_id": change.id}
        db.session.add(SeatPart(person_id=wren.id, taken_at=NOW, **held, **hours))
        db.session.add(ThankYou(to_id=wren.id, by_id=wren.id, at=NOW, text="Thank you."))
        db.session.add(Suggestion(person_id=wren.id, made_at=NOW, words="Less.", with_name=False))
        asking = begin_asking(seat, by=None, now=NOW)
        db.session.add(SeatAsk(asking_id=asking.id, person_id=wren.id, wave=1, asked_at=NOW))
        db.session.add(Task(kind="proposal", arguments={}, requested_by_id=wren.id, requested_at=NOW))
    return sign_in(app.test_client(), wren)


def everything() -> dict[str, list[tuple[object, ...]]]:
    """Every row of the database but the planning revision, which rises with every statement that may remove a time."""
    db.session.rollback()
    tables = [table for table in db.Model.metadata.sorted_tables if table.name != "planning_revision"]
    found = {table.name: [tuple(row) for row in db.session.execute(table.select())] for table in tables}
    db.session.rollback()
    return found


def replay(client: FlaskClient, app: Flask, ids: dict[str, int]) -> dict[str, tuple[int, str]]:
    """The answers to each request of the table with these ids, without what is random in them."""
    adapter, answers = app.url_map.bind("localhost"), {}
    for rule in app.url_map.iter_rules():
        if rule.endpoint not in OWN_ROWS:
            continue
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            values = {OWN_ROWS[rule.endpoint][0]: ids[rule.endpoint]}
            answer = client.open(adapter.build(rule.endpoint, values, method=method), method=method)
            answers[f"{method} {rule.endpoint}"] = (answer.status_code, answer.headers.get("Location", ""))
    return answers


@pytest.mark.parametrize("roles", [(), (Role.COORDINATOR, Role.LEAD)])
def test_a_row_of_somebody_else_answers_as_one_that_does_not_exist_and_stays_as_it_was(
    app: Flask, people: People, sign_in: SignIn, owner: FlaskClient, roles: tuple[Role, ...]
) -> None:
    ids = {endpoint: row() for endpoint, (_, row) in OWN_ROWS.items()}
    other = sign_in(app.test_client(), people.person("Teal", roles=roles))
    before = everything()
    asked = replay(other, app, ids)
    assert asked == replay(other, app, dict.fromkeys(OWN_ROWS, NOBODYS))
    assert everything() == before
    # The same requests do something for the person whose rows they are.
    own = replay(owner, app, ids)
    assert {what for what in asked if own[what] == asked[what] and asked[what][0] == 404} == set()
    assert everything() != before
