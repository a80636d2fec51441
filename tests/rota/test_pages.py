"""The rota's pages: what they show to whom, and that nothing typed is lost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from app import db
from app.people.models import Person, Role
from progression.duties import Duty
from rota.scheduling.cover_pattern import Need
from rota.store import availability
from rota.store.models import Rota
from tests.conftest import People, SignIn
from tests.rota.crew import LONDON, MONDAY, Crew, board_of, seats
from tests.times import NOW

HOST_TOO = (Need(Duty.MODERATOR, 1, 1, 1), Need(Duty.HOST, 0, 1, 1))


@pytest.fixture
def coordinator(people: People, client: FlaskClient, sign_in: SignIn) -> Person:
    person = people.person("Tansy", roles=(Role.COORDINATOR,))
    sign_in(client, person)
    return person


@pytest.fixture
def rota(crew: Crew) -> Rota:
    return crew.rota(crew.evenings("Board", *HOST_TOO), title="Late February")


def test_a_coordinator_opens_a_channel_gives_it_a_pattern_and_makes_a_rota(
    client: FlaskClient, coordinator: Person
) -> None:
    answer = client.post("/rota/channels", data={"name": "Board", "kind": "board"}, follow_redirects=True)
    assert "Weekly pattern of Board" in answer.text
    span = {"label": "Night", "starts": "22:00", "ends": "02:00", "days": ["4", "5"]}
    numbers = {"lead": "1", "moderator": "1", "host": "0", "on_call": "0", "shadow": "0"}
    answer = client.post("/rota/channels/1", data=span | numbers, follow_redirects=True)
    assert "22:00 to 02:00" in answer.text
    period = {"title": "Week", "starts_on": ["22", "2", "2027"], "ends_on": ["28", "2", "2027"], "channels": ["1"]}
    answer = client.post("/rota/make", data=period, follow_redirects=True)
    assert "The rota is made" in answer.text
    assert answer.text.count("Empty</span>") == 4


def test_a_rota_over_days_that_another_has_is_refused_on_the_form_with_everything_kept(
    client: FlaskClient, coordinator: Person, rota: Rota
) -> None:
    period = {"title": "Again", "starts_on": ["22", "2", "2027"], "ends_on": ["28", "2", "2027"], "channels": ["1"]}
    answer = client.post("/rota/make", data=period)
    assert answer.status_code == 409
    assert "“Late February” has shifts on Board at that time already" in answer.text
    assert 'value="Again"' in answer.text


def test_an_impossible_date_comes_back_with_a_sentence(client: FlaskClient, coordinator: Person, rota: Rota) -> None:
    period = {"title": "Odd", "starts_on": ["31", "2", "2027"], "ends_on": ["", "", ""], "channels": ["1"]}
    answer = client.post("/rota/make", data=period)
    assert answer.status_code == 422
    assert "First day: there is no such day in the calendar." in answer.text
    assert "Give the last day." in answer.text
    assert 'value="Odd"' in answer.text


def test_the_planner_shows_the_week_of_the_rota_with_its_gaps(
    client: FlaskClient, coordinator: Person, rota: Rota
) -> None:
    page = client.get(f"/rota/{rota.id}").text
    assert "Rota, Late February" in page
    assert "Mon 22 Feb to Sun 28 Feb" in page
    assert "2 shifts empty" in page
    assert page.count("nl-seat--empty") == 4


def test_a_seat_opens_a_panel_of_who_could_take_it_and_why_others_cannot(
    client: FlaskClient, coordinator: Person, rota: Rota, crew: Crew
) -> None:
    wren, _otter = crew.moderator("Wren"), crew.peer("Otter")
    crew.always_can(wren)
    page = client.get(f"/rota/{rota.id}?seat={seats(rota)[0].id}").text
    assert "Give to Wren" in page
    assert "Give to Otter" not in page
    assert "Otter is not cleared for moderator." in page


def test_giving_a_seat_and_clearing_it_again_by_the_panel(
    client: FlaskClient, coordinator: Person, rota: Rota, crew: Crew
) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    seat = seats(rota)[0]
    answer = client.post(
        f"/rota/{rota.id}/seats/{seat.id}/assign", data={"person_id": str(wren.id)}, follow_redirects=True
    )
    assert "Saved in the draft" in answer.text
    assert "Has it now" in answer.text
    answer = client.post(f"/rota/{rota.id}/seats/{seat.id}/clear", follow_redirects=True)
    assert "The seat is empty in the draft" in answer.text
    assert board_of(rota).changes == {}


def test_a_rule_that_needs_a_reason_brings_the_panel_back_with_the_sentence(
    client: FlaskClient, coordinator: Person, rota: Rota, crew: Crew
) -> None:
    wren = crew.moderator("Wren")
    seat = seats(rota)[0]
    address = f"/rota/{rota.id}/seats/{seat.id}/assign"
    answer = client.post(address, data={"person_id": str(wren.id), "reason": " "})
    assert answer.status_code == 409
    assert "If it is right all the same, say why." in answer.text
    assert "Wren has not offered this time." in answer.text
    answer = client.post(address, data={"person_id": str(wren.id), "reason": "Rang and asked"}, follow_redirects=True)
    assert "Saved in the draft" in answer.text


def test_the_list_for_phones_says_what_is_missing_first(client: FlaskClient, coordinator: Person, rota: Rota) -> None:
    page = client.get(f"/rota/{rota.id}/list").text
    assert page.index("what needs you first") < page.index("Day by day")


def test_the_review_shows_was_is_and_why_and_publishing_says_so(
    client: FlaskClient, coordinator: Person, rota: Rota, crew: Crew
) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    crew.give(rota, seats(rota)[0], wren)
    address = f"/rota/{rota.id}/publish"
    page = client.get(address).text
    assert "1 person gets shifts" in page
    assert "Placed by hand" in page
    assert "Still empty: 3 seats" in page
    seen = page.split('name="seen"')[1].split('value="')[1].split('"')[0]
    answer = client.post(address, data={"seen": seen, "line": "Thank you all."})
    assert answer.status_code == 422
    assert "read which 3 seats stay empty" in answer.text
    assert "Thank you all." in answer.text
    answer = client.post(address, data={"seen": seen, "gaps_read": "y"}, follow_redirects=True)
    assert "Version 1 is published" in answer.text


def test_a_draft_changed_by_somebody_else_after_it_was_read_is_not_published(
    client: FlaskClient, coordinator: Person, rota: Rota, crew: Crew
) -> None:
    wren, teal = crew.moderator("Wren"), crew.moderator("Teal")
    crew.always_can(wren, teal)
    crew.give(rota, seats(rota)[0], wren)
    address = f"/rota/{rota.id}/publish"
    seen = client.get(address).text.split('name="seen"')[1].split('value="')[1].split('"')[0]
    crew.give(rota, seats(rota)[0], teal)
    answer = client.post(address, data={"seen": seen, "gaps_read": "y"})
    assert answer.status_code == 409
    assert "changed since you read it" in answer.text
    assert "Teal" in answer.text


def test_my_shifts_the_shift_and_giving_it_back(client: FlaskClient, crew: Crew, sign_in: SignIn) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    _, seat = crew.published(wren)
    sign_in(client, wren)
    page = client.get("/shifts").text
    assert "Your next shift" in page
    assert "18:00 to 22:00" in page
    assert client.get(f"/shifts/{seat.shift_id}").status_code == 200
    address = f"/shifts/mine/{seat.assignment_id}/give-back"
    assert "No need to explain" in client.get(address).text
    assert "Thank you for telling us" in client.post(address, follow_redirects=True).text
    assert client.get(address).status_code == 404


def test_an_open_shift_that_fits_is_offered_and_can_be_taken(client: FlaskClient, crew: Crew, sign_in: SignIn) -> None:
    wren, teal = crew.moderator("Wren"), crew.moderator("Teal")
    crew.always_can(wren, teal)
    rota, _ = crew.published(wren)
    sign_in(client, teal)
    page = client.get("/shifts").text
    assert page.count("Take it") == 1
    answer = client.post(f"/shifts/seats/{seats(rota)[1].id}/claim", follow_redirects=True)
    assert "The shift is yours" in answer.text
    assert seats(rota)[1].person_id == teal.id


def test_somebody_elses_shift_looks_as_if_it_were_not_there(client: FlaskClient, crew: Crew, sign_in: SignIn) -> None:
    wren, teal = crew.moderator("Wren"), crew.moderator("Teal")
    crew.always_can(wren)
    _, seat = crew.published(wren)
    sign_in(client, teal)
    theirs = client.get(f"/shifts/mine/{seat.assignment_id}/give-back")
    nothing = client.get("/shifts/mine/999999/give-back")
    assert theirs.status_code == nothing.status_code == 404
    assert client.post(f"/shifts/mine/{seat.assignment_id}/give-back").status_code == 404
    assert client.get(f"/shifts/{seat.shift_id}").status_code == 404


def test_times_are_offered_and_taken_out_again_on_the_phone_page(
    client: FlaskClient, crew: Crew, sign_in: SignIn
) -> None:
    sign_in(client, crew.people.person("Fern"))
    times = {"week-weekdays": ["4", "5"], "week-starts": "20:00", "week-ends": "02:00"}
    page = client.post("/shifts/availability/week", data=times, follow_redirects=True).text
    assert "20:00 to 02:00" in page
    page = client.post("/shifts/availability/week/1/remove", follow_redirects=True).text
    assert page.count("Remove<") == 1


def test_days_without_a_choice_come_back_with_a_sentence_and_the_times_kept(
    client: FlaskClient, crew: Crew, sign_in: SignIn
) -> None:
    sign_in(client, crew.people.person("Fern"))
    answer = client.post("/shifts/availability/week", data={"week-starts": "20:00", "week-ends": "02:00"})
    assert answer.status_code == 422
    assert "Choose at least one day." in answer.text
    assert '<option value="20:00" selected' in answer.text


def test_leave_over_a_shift_says_that_the_shift_is_still_theirs(
    client: FlaskClient, crew: Crew, sign_in: SignIn
) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    crew.published(wren)
    sign_in(client, wren)
    days = {"leave-starts": ["22", "2", "2027"], "leave-ends": ["24", "2", "2027"]}
    page = client.post("/shifts/availability/leave", data=days, follow_redirects=True).text
    assert "You still have a shift in that time" in page
    assert "Away" in page


def test_the_cover_map_and_the_duty_board_show_what_is_published(
    client: FlaskClient, coordinator: Person, rota: Rota, crew: Crew
) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    crew.give(rota, seats(rota)[0], wren)
    crew.publish(rota)
    page = client.get(f"/cover?from={MONDAY.isoformat()}").text
    assert "2 shifts are short of people." in page
    assert "See who could" in page
    duty = client.get("/duty").text
    assert "People are needed now, and no shift is published." in " ".join(duty.split())


def test_a_member_before_the_first_step_is_shown_the_way_to_shifts(
    client: FlaskClient, crew: Crew, sign_in: SignIn
) -> None:
    sign_in(client, crew.people.person("Fern"))
    page = client.get("/shifts").text
    assert "Open my journey" in page
    assert "at other times too" not in page


def test_leave_is_shown_by_its_days(client: FlaskClient, crew: Crew, sign_in: SignIn) -> None:
    sign_in(client, crew.people.person("Fern"))
    days = {"leave-starts": ["22", "2", "2027"], "leave-ends": ["24", "2", "2027"]}
    page = client.post("/shifts/availability/leave", data=days, follow_redirects=True).text
    assert "Mon 22 Feb to Wed 24 Feb" in page


def test_the_cards_of_today(client: FlaskClient, coordinator: Person, crew: Crew, sign_in: SignIn) -> None:
    wren = crew.moderator("Wren", roles=(Role.COORDINATOR,))
    crew.always_can(wren)
    crew.published(wren)
    sign_in(client, wren)
    page = client.get("/").text
    assert "Your next shift is in 4 days" in page
    assert "Open shifts that fit you" in page
    assert "Short of people this week" in page


def test_people_who_may_not_plan_are_refused(client: FlaskClient, crew: Crew, sign_in: SignIn, rota: Rota) -> None:
    sign_in(client, crew.people.person("Fern"))
    for address in ("/rota", f"/rota/{rota.id}", f"/rota/{rota.id}/publish", "/cover", "/rota/channels"):
        assert client.get(address).status_code == 403
    assert client.post(f"/rota/{rota.id}/propose").status_code == 403


def test_a_rota_that_is_not_there_is_a_page_that_says_so(client: FlaskClient, coordinator: Person) -> None:
    for address in ("/rota/77", "/rota/77/list", "/rota/77/publish", "/shifts/77", "/rota/channels/77"):
        assert client.get(address).status_code == 404


def test_the_reader_elsewhere_reads_both_times(client: FlaskClient, crew: Crew, sign_in: SignIn) -> None:
    ember = crew.moderator("Ember", zone_name="America/New_York")
    crew.always_can(ember)
    crew.published(ember)
    sign_in(client, ember)
    page = client.get("/shifts").text
    assert "13:00 to 17:00" in page
    assert "Mon 22 Feb, 18:00 to 22:00 in" in page


def test_a_shift_over_the_spring_clock_change_says_how_long_it_lasts(
    client: FlaskClient, coordinator: Person, crew: Crew
) -> None:
    channel = crew.evenings()
    rota = crew.rota(channel, starts_on=MONDAY + timedelta(days=28), days=7)
    page = client.get(f"/rota/{rota.id}?week=2027-03-28").text
    assert "23-hour day" in page


def test_of_two_windows_on_one_seat_the_second_overwrites_nothing(
    client: FlaskClient, coordinator: Person, rota: Rota, crew: Crew
) -> None:
    wren, fern = crew.moderator("Wren"), crew.moderator("Fern")
    crew.always_can(wren, fern)
    seat = seats(rota)[0]
    address = f"/rota/{rota.id}/seats/{seat.id}"
    assert 'name="seen" value="0"' in client.get(f"/rota/{rota.id}?seat={seat.id}").text
    client.post(f"{address}/assign", data={"person_id": wren.id, "seen": "0"})
    for action, typed in (("assign", {"person_id": fern.id, "seen": "0"}), ("clear", {"seen": fern.id})):
        answer = client.post(f"{address}/{action}", data=typed)
        assert answer.status_code == 409
        assert "Wren has this seat now: it was changed while your page was open." in answer.text
        assert f'name="seen" value="{wren.id}"' in answer.text
        assert board_of(rota).holder(seat) == wren.id
    client.post(f"{address}/clear", data={"seen": wren.id})
    answer = client.post(f"{address}/assign", data={"person_id": fern.id, "seen": wren.id})
    assert "This seat is empty now" in answer.text
    assert board_of(rota).holder(seat) is None


def test_a_new_rota_has_every_channel_ticked(client: FlaskClient, coordinator: Person, rota: Rota) -> None:
    assert client.get("/rota/make").text.count(" checked") == 1


def test_a_review_whose_draft_is_gone_leads_back_to_the_rota(
    client: FlaskClient, coordinator: Person, rota: Rota
) -> None:
    for answer in (
        client.get(f"/rota/{rota.id}/publish", follow_redirects=True),
        client.post(f"/rota/{rota.id}/publish", data={"seen": "old"}, follow_redirects=True),
    ):
        assert answer.request.path == f"/rota/{rota.id}"
        assert "Nothing waits to be published" in answer.text


def test_a_hole_says_what_would_fill_it_once_asked(
    client: FlaskClient, coordinator: Person, rota: Rota, crew: Crew
) -> None:
    wren = crew.moderator("Wren")  # cleared, but has offered nothing
    otter = crew.peer("Otter")  # has offered all week, but may not moderate
    crew.always_can(otter)
    address = f"/rota/{rota.id}?seat={seats(rota)[0].id}"
    page = client.get(address).text
    assert "Try swaps, asking and training" in page
    page = client.get(f"{address}&fixes=1").text
    assert f'Ask <a class="govuk-link" href="/people/{wren.id}">Wren</a>, who has not offered this time' in page
    assert "1 more short seat that week could be theirs too." in page
    assert f'href="/people/{otter.id}#missing">Otter</a> could, once “Background check' in page
    assert "the sign-off as volunteer is given by Mon 22 February, 18:00: fills this and 1 more seat." in page
    assert "Sign-off as volunteer: an assessor gives it." in page


def test_no_fix_suggests_asking_somebody_who_is_away(
    client: FlaskClient, coordinator: Person, rota: Rota, crew: Crew
) -> None:
    ash, wren = crew.moderator("Ash"), crew.moderator("Wren")
    with db.writing():
        availability.set_leave(ash.id, MONDAY, MONDAY + timedelta(days=7), zone=LONDON, now=NOW)
    page = client.get(f"/rota/{rota.id}?seat={seats(rota)[0].id}&fixes=1").text
    assert f'Ask <a class="govuk-link" href="/people/{wren.id}">Wren' in page
    assert f'href="/people/{ash.id}"' not in page
    assert page.index(f'id="person-{wren.id}"') < page.index("Ash is not available then.")
    assert f'id="person-{ash.id}"' not in page


def test_a_seat_that_somebody_can_take_needs_no_other_way(
    client: FlaskClient, coordinator: Person, rota: Rota, crew: Crew
) -> None:
    crew.always_can(crew.moderator("Wren"))
    page = client.get(f"/rota/{rota.id}?seat={seats(rota)[0].id}").text
    assert "Give to Wren" in page
    assert "Cheapest ways" not in page


def test_a_persons_page_shows_coordinators_what_is_missing_and_who_can_supply_it(
    client: FlaskClient, coordinator: Person, crew: Crew
) -> None:
    otter = crew.peer("Otter")
    page = client.get(f"/people/{otter.id}").text
    missing = page[page.index('id="missing"') :]
    assert "Sign-off as volunteer: <span" in missing
    assert "an assessor gives it" in missing
    assert "an assessor can say what" in missing
    assert "Background check" not in page
    assert "Sign-off as peer" not in missing


def test_readers_who_do_not_plan_are_not_shown_what_somebody_is_missing(
    client: FlaskClient, people: People, sign_in: SignIn, crew: Crew
) -> None:
    otter = crew.peer("Otter")
    sign_in(client, people.person("Tansy", roles=(Role.ASSESSOR,)))
    answer = client.get(f"/people/{otter.id}")
    assert answer.status_code == 200
    assert 'id="missing"' not in answer.text
