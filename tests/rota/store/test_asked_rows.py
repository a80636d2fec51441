"""What people enter on their pages, and what the record holds, changes what is proposed: one test for each rule."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient

from app import clock, db
from app.people.models import Person, Role
from progression import evidence
from progression.duties import Duty
from progression.evidence import NewEvidence
from rota.planning import drafts
from rota.scheduling.cover_pattern import Need
from rota.scheduling.engine.solve import solve
from rota.scheduling.roster import Plan
from rota.scheduling.rules.book import breaches
from rota.store.models import Rota
from rota.store.snapshot import Snapshot, take_snapshot
from rota.store.standing_seats import all_standing_seats
from tests.conftest import People, SignIn
from tests.page_fields import hidden
from tests.rota.crew import CHECKED, CODE, MONDAY, PEER, SAFE, TRAINED, VOLUNTEER, Crew, board_of, seats
from tests.times import NOW

TWO = (Need(Duty.MODERATOR, 2, 2, 2),)


class Browser:
    """Types into the pages as somebody who is signed in."""

    def __init__(self, client: FlaskClient, sign_in: SignIn) -> None:
        self._client, self._sign_in = client, sign_in

    def of(self, person: Person) -> Browser:
        self._sign_in(self._client, person)
        return self

    def send(self, form_of: str, to: str | None = None, prefix: str = "", **typed: object) -> str:
        token = f"{prefix}csrf_token"
        fields = {f"{prefix}{name}": value for name, value in typed.items()}
        fields[token] = hidden(self._client.get(form_of).text, token)
        answer = self._client.post(to or form_of, data=fields)
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"]


@pytest.fixture
def browser(client: FlaskClient, sign_in: SignIn) -> Browser:
    return Browser(client, sign_in)


def read(rota: Rota, *, days_later: int = 0) -> Snapshot:
    return take_snapshot(board_of(rota), now=NOW + timedelta(days=days_later))


def proposed(rota: Rota) -> Plan:
    return solve(read(rota).roster, seconds=2).plan


def shifts_of(plan: Plan, person: Person) -> list[int]:
    return sorted(seating.shift_id for seating in plan.by_person.get(person.id, ()))


def test_a_limit_by_the_month_counts_shifts_of_other_rotas_weeks_away(crew: Crew, browser: Browser) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    board = crew.evenings()
    early = crew.rota(board, starts_on=date(2027, 3, 1), days=1)
    crew.give(early, seats(early)[0], wren)
    crew.publish(early)
    late = crew.rota(board, starts_on=date(2027, 3, 29), days=4, title="Late")
    browser.of(wren).send("/shifts/limits", most_shifts_a_month="2")
    by_day = {seat.shift_id: seat.starts_at.date() for seat in seats(late)}
    days = [by_day[shift_id] for shift_id in shifts_of(proposed(late), wren)]
    assert len([day for day in days if day.month == 3]) == 1
    assert len([day for day in days if day.month == 4]) == 1
    crew.give(late, seats(late)[0], wren)
    with pytest.raises(drafts.BreaksRules, match="3 shifts in one month, and asked for 2 shifts in one month at most"):
        crew.give(late, seats(late)[1], wren)


def test_a_limit_of_nights_in_a_week_is_kept(crew: Crew, browser: Browser) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    rota = crew.rota(crew.nights(), days=3)
    browser.of(wren).send("/shifts/limits", most_nights_a_week="1")
    assert len(shifts_of(proposed(rota), wren)) == 1


def test_who_wants_some_shifts_at_least_is_given_them(crew: Crew, browser: Browser) -> None:
    wren, teal = crew.moderator("Wren"), crew.moderator("Teal")
    crew.always_can(wren, teal)
    rota = crew.rota(crew.evenings(), days=4)
    browser.of(wren).send("/shifts/limits", least_shifts="3")
    assert len(shifts_of(proposed(rota), wren)) == 3


def test_who_wants_one_weekend_at_most_has_the_other_free(crew: Crew, browser: Browser) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    rota = crew.rota(crew.evenings(), starts_on=MONDAY + timedelta(days=5), days=9)  # two weekends
    browser.of(wren).send("/shifts/limits", most_weekends="1")
    weekends = {
        seat.shift_id: clock.monday_of(seat.starts_at.date()) for seat in seats(rota) if seat.starts_at.weekday() > 4
    }
    assert len({weekends[shift_id] for shift_id in shifts_of(proposed(rota), wren) if shift_id in weekends}) == 1


def test_who_wants_days_off_in_a_row_has_them_unless_a_reason_is_given(crew: Crew, browser: Browser) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    rota = crew.rota(crew.evenings(), days=5)
    crew.give(rota, seats(rota)[0], wren)
    browser.of(wren).send("/shifts/limits", shortest_break="2")
    with pytest.raises(drafts.NeedsReason, match="1 day off in a row, and needs 2"):
        crew.give(rota, seats(rota)[2], wren)
    crew.give(rota, seats(rota)[3], wren)


def test_who_likes_days_in_a_row_has_no_single_day(crew: Crew, browser: Browser) -> None:
    wren, teal = crew.moderator("Wren"), crew.moderator("Teal")
    crew.always_can(wren, teal)
    rota = crew.rota(crew.evenings(), days=8)
    for each in (wren, teal):
        browser.of(each).send("/shifts/limits", shortest_run="2")
    snapshot = read(rota)
    plan = solve(snapshot.roster, seconds=2).plan
    assert "shortest_run" not in {breach.rule for breach in breaches(snapshot.roster, plan, wishes=True)}
    single = Plan(frozenset(s for s in plan.seatings if s.shift_id == seats(rota)[3].shift_id))
    assert "shortest_run" in {breach.rule for breach in breaches(snapshot.roster, single, wishes=True)}


def test_a_wish_for_and_against_a_channel_is_weighed(crew: Crew, browser: Browser) -> None:
    wren, teal = crew.moderator("Wren"), crew.moderator("Teal")
    crew.always_can(wren, teal)
    board, chat = crew.evenings("Board"), crew.evenings("Chat")
    rota = crew.rota(board, chat, days=1)
    by_channel = {seat.channel: seat.shift_id for seat in seats(rota)}
    browser.of(wren).send("/shifts/wishes", prefix="wish-", liking="avoid", channel=str(board.id), part="evening")
    browser.of(teal).send("/shifts/wishes", prefix="wish-", liking="like", channel=str(board.id), days=["0", "1"])
    assert shifts_of(proposed(rota), wren) == [by_channel["Chat"]]
    assert shifts_of(proposed(rota), teal) == [by_channel["Board"]]


def test_people_are_put_beside_somebody_they_named_whom_only_they_know_of(
    crew: Crew, client: FlaskClient, people: People, browser: Browser
) -> None:
    wren, teal, robin, finch = (crew.moderator(name) for name in ("Wren", "Teal", "Robin", "Finch"))
    crew.always_can(wren, teal, robin, finch)
    board, chat = crew.evenings("Board", *TWO), crew.evenings("Chat", *TWO)
    before = crew.rota(board, days=1)
    for seat, person in zip(seats(before), (wren, teal), strict=True):
        crew.give(before, seat, person)
    crew.publish(before)
    browser.of(wren)
    assert "Robin" not in client.get("/shifts/wishes").text
    browser.send("/shifts/wishes", "/shifts/wishes/people", prefix="partner-", partner=str(teal.id))
    rota = crew.rota(board, chat, starts_on=MONDAY + timedelta(days=7), days=2, title="Next")
    plan = proposed(rota)
    assert shifts_of(plan, wren)
    assert set(shifts_of(plan, wren)) <= set(shifts_of(plan, teal))
    for other in (teal, people.person("Tansy", roles=(Role.COORDINATOR,))):
        browser.of(other)
        pages = [f"/rota/{rota.id}", f"/people/{wren.id}"] if other is not teal else ["/shifts/wishes", "/shifts"]
        for page in pages:
            assert "like to be on with" not in client.get(page).text or "Wren</span>" not in client.get(page).text


def test_a_standing_seat_is_proposed_once_it_is_confirmed(crew: Crew, people: People, browser: Browser) -> None:
    wren, teal = crew.moderator("Wren"), crew.moderator("Teal")
    crew.always_can(wren, teal)
    board = crew.evenings()
    rota = crew.rota(board, days=2)
    first = [str(NOW.day), str(NOW.month), str(NOW.year)]
    for day in (0, 1):
        code = f"{board.id}-{day}-18:00-moderator"
        browser.of(wren).send("/shifts/standing-seats", place=code, from_on=first)
    assert all(not person.slots for person in read(rota).roster.people)
    browser.of(people.person("Tansy", roles=(Role.COORDINATOR,)))
    for asked in all_standing_seats(today=NOW.date()):
        browser.send("/rota/standing-seats", f"/rota/standing-seats/{asked.row.id}/confirm")
    assert len(shifts_of(proposed(rota), wren)) == 2


def signed_off_later(crew: Crew, name: str) -> Person:
    person = crew.people.person(name)
    with db.writing():
        for kind, key, facts in (CODE, SAFE, TRAINED, CHECKED, PEER, VOLUNTEER):
            by = person.id if kind == "accepted" else None if kind == "training" else crew.assessor.id
            new = NewEvidence(person_id=person.id, kind=kind, key=key, facts=facts)
            evidence.record(new, by=by, now=NOW + timedelta(days=5))
    return person


def test_who_was_signed_off_since_the_record_began_is_new_until_the_first_shifts_are_over(crew: Crew) -> None:
    teal = crew.moderator("Teal")
    crew.always_can(teal)
    board = crew.evenings("Board", *TWO)
    assert not any(person.is_newcomer for person in read(crew.rota(board, title="First")).roster.people)
    early = crew.rota(crew.evenings("Chat"), days=2)
    for seat in seats(early):
        crew.give(early, seat, teal)
    crew.publish(early)
    wren = signed_off_later(crew, "Wren")
    crew.always_can(wren)
    late = crew.rota(crew.evenings("Later", *TWO), starts_on=MONDAY + timedelta(days=7), days=4, title="Late")
    on_late = seats(late)
    for seat in on_late[0:8:2]:
        with db.writing():
            drafts.assign(late, seat.id, wren.id, by=crew.assessor.id, now=NOW + timedelta(days=6))
    new = {person.id for person in read(late, days_later=6).roster.people if person.is_newcomer}
    assert new == {wren.id}
    snapshot = read(late, days_later=6)
    rules = [breach.rule for breach in breaches(snapshot.roster, snapshot.plan)]
    assert rules.count("newcomers_beside") == 4
    crew.publish(late, now=NOW + timedelta(days=6))
    after_two, after_three = 13, 14
    for days, is_new in ((after_two - 1, True), (after_three, False)):
        snapshot = read(late, days_later=days)
        assert snapshot.roster.person_by_id[wren.id].is_newcomer is is_new


def test_the_nights_of_the_weeks_before_are_load(crew: Crew) -> None:
    wren, teal = crew.moderator("Wren"), crew.moderator("Teal")
    crew.always_can(wren, teal)
    nights = crew.nights()
    early = crew.rota(nights, days=9)
    for seat in [seats(early)[n] for n in (0, 1, 2, 6, 7)]:
        crew.give(early, seat, wren)
    crew.publish(early)
    late = crew.rota(nights, starts_on=MONDAY + timedelta(days=21), days=6, title="Late")
    snapshot = read(late)
    assert snapshot.roster.person_by_id[wren.id].load == 5 * 8 * 60
    assert snapshot.roster.person_by_id[teal.id].load == 0
    assert len(shifts_of(solve(snapshot.roster, seconds=2).plan, wren)) == 1
