"""Drafts: giving and clearing seats by hand, with every rule checked at that moment."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from app import db
from app.people.models import Role
from app.refusals import NotFound, PageOutOfDate
from progression.duties import Duty
from rota.planning import drafts
from rota.planning.drafts import BreaksRules, NeedsReason
from rota.scheduling.cover_pattern import Need
from rota.store.assignments import SeatHolderChanged
from rota.store.models import ChangeReason
from tests.conftest import People, SignIn
from tests.rota.crew import MONDAY, Crew, board_of, seats

pytestmark = pytest.mark.both_databases


def test_a_seat_given_in_the_draft_is_not_published(crew: Crew) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    rota = crew.rota(crew.evenings())
    crew.give(rota, seats(rota)[0], wren)
    board = board_of(rota)
    assert board.holder(board.seats[0]) == wren.id
    assert seats(rota)[0].person_id is None


def test_somebody_who_is_not_cleared_is_refused_by_name_and_reason(crew: Crew) -> None:
    otter = crew.peer("Otter")
    crew.always_can(otter)
    rota = crew.rota(crew.evenings())
    with pytest.raises(BreaksRules, match="Otter is not cleared for moderator"):
        crew.give(rota, seats(rota)[0], otter, reason="Please")
    assert board_of(rota).changes == {}


def test_clearance_that_ends_before_the_shift_is_refused(crew: Crew) -> None:
    quill = crew.moderator("Quill", until=MONDAY - timedelta(days=1))
    crew.always_can(quill)
    rota = crew.rota(crew.evenings())
    with pytest.raises(BreaksRules, match="Quill’s clearance for moderator ended"):
        crew.give(rota, seats(rota)[0], quill)


def test_clearance_lasts_to_the_end_of_its_last_day(crew: Crew) -> None:
    quill = crew.moderator("Quill", until=MONDAY)
    crew.always_can(quill)
    rota = crew.rota(crew.evenings())
    crew.give(rota, seats(rota)[0], quill)
    with pytest.raises(BreaksRules):
        crew.give(rota, seats(rota)[1], quill)


def test_who_did_not_offer_the_time_can_be_given_it_only_with_a_reason_which_is_kept(crew: Crew) -> None:
    wren = crew.moderator("Wren")
    rota = crew.rota(crew.evenings())
    seat = seats(rota)[0]
    with pytest.raises(NeedsReason, match="Wren has not offered this time"):
        crew.give(rota, seat, wren)
    crew.give(rota, seat, wren, reason="  Wren said yes on the phone.  ")
    change = board_of(rota).changes[seat.id]
    assert change.overrides == ["availability"]
    assert change.override_words == "Wren said yes on the phone."


def test_nobody_is_given_two_seats_at_once_on_different_channels(crew: Crew) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    rota = crew.rota(crew.evenings("Board"), crew.evenings("Chat"))
    one, other = (seat for seat in seats(rota) if seat.starts_at == seats(rota)[0].starts_at)
    crew.give(rota, one, wren)
    with pytest.raises(BreaksRules):
        crew.give(rota, other, wren)


def test_a_seat_on_another_published_rota_counts_too(crew: Crew) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    crew.published(wren, channel=crew.evenings("Board"))
    other = crew.rota(crew.evenings("Chat"))
    with pytest.raises(BreaksRules):
        crew.give(other, seats(other)[0], wren)


def test_a_seat_can_pass_from_one_person_to_another_in_the_draft(crew: Crew) -> None:
    wren, teal = crew.moderator("Wren"), crew.moderator("Teal")
    crew.always_can(wren, teal)
    rota = crew.rota(crew.evenings())
    seat = seats(rota)[0]
    crew.give(rota, seat, wren)
    crew.give(rota, seat, teal)
    assert board_of(rota).changes[seat.id].to_person_id == teal.id


def test_clearing_a_published_seat_keeps_whose_it_was_until_publishing(crew: Crew) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    rota, seat = crew.published(wren)
    with db.writing():
        drafts.clear(rota, seat.id, by=crew.assessor.id, now=seat.starts_at - timedelta(days=1))
    board = board_of(rota)
    assert board.holder(seat) is None
    assert board.changes[seat.id].from_person_id == wren.id
    assert seats(rota)[0].person_id == wren.id


def test_putting_a_seat_back_as_it_was_leaves_no_change(crew: Crew) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    rota, seat = crew.published(wren)
    with db.writing():
        drafts.clear(rota, seat.id, by=crew.assessor.id, now=seat.starts_at - timedelta(days=1))
    crew.give(rota, seat, wren)
    assert board_of(rota).changes == {}


def test_a_shift_that_has_begun_is_no_longer_changed(crew: Crew) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    rota, seat = crew.published(wren)
    with pytest.raises(SeatHolderChanged), db.writing():
        drafts.clear(rota, seat.id, by=crew.assessor.id, now=seat.starts_at)


def test_a_seat_of_another_rota_is_not_found(crew: Crew) -> None:
    wren = crew.moderator("Wren")
    one, other = crew.rota(crew.evenings("Board")), crew.rota(crew.evenings("Chat"))
    with pytest.raises(NotFound):
        crew.give(one, seats(other)[0], wren)


def test_a_draft_that_is_put_away_leaves_what_is_published(crew: Crew) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    rota, seat = crew.published(wren)
    with db.writing():
        drafts.clear(rota, seat.id, by=crew.assessor.id, now=seat.starts_at - timedelta(days=1))
    with db.writing():
        drafts.discard(rota, by=crew.assessor.id, now=seat.starts_at - timedelta(days=1))
    board = board_of(rota)
    assert board.draft is None
    assert board.holder(board.seats[0]) == wren.id


def test_a_draft_that_somebody_changed_since_is_not_put_away_from_an_older_page(crew: Crew) -> None:
    wren, rook = crew.moderator("Wren"), crew.moderator("Rook")
    crew.always_can(wren, rook)
    rota = crew.rota(crew.evenings())
    first, second = seats(rota)[:2]
    crew.give(rota, first, wren)
    shown, now = board_of(rota).mark, first.starts_at - timedelta(days=1)
    crew.give(rota, second, rook)
    with pytest.raises(PageOutOfDate, match="so it was kept"), db.writing():
        drafts.discard(rota, by=crew.assessor.id, now=now, seen=shown)
    board = board_of(rota)
    assert board.holder(board.seats[1]) == rook.id
    with db.writing():
        drafts.discard(rota, by=crew.assessor.id, now=now, seen=board.mark)
    assert board_of(rota).draft is None


def test_a_change_by_hand_says_so(crew: Crew) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    rota = crew.rota(crew.evenings("Board", Need(Duty.MODERATOR, 1, 1, 1)))
    crew.give(rota, seats(rota)[0], wren)
    (change,) = board_of(rota).changes.values()
    assert change.why == ChangeReason.BY_HAND


def test_a_draft_is_put_away_by_the_page_and_what_is_published_stays(
    client: FlaskClient, crew: Crew, people: People, sign_in: SignIn
) -> None:
    sign_in(client, people.person("Tansy", roles=(Role.COORDINATOR,)))
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    rota, first = crew.published(wren)
    crew.give(rota, seats(rota)[1], wren)
    address = f"/rota/{rota.id}/discard"
    seen = re.findall(rf'{address}".*?name="seen" value="([^"]+)"', client.get(f"/rota/{rota.id}").text, re.DOTALL)[0]
    assert "The draft is put away." in client.post(address, data={"seen": seen}, follow_redirects=True).text
    board = board_of(rota)
    assert (board.draft, [board.holder(seat) for seat in board.seats]) == (None, [first.person_id, None])
    assert client.post(address, data={"seen": seen}, follow_redirects=True).status_code == 200
