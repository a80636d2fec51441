"""The pages of taking over a team, as an administrator uses them."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.people import directory
from app.people.models import Person, Role
from app.takeover.list_page import ROWS_ON_A_PAGE
from tests.app.takeover.lists import text, work
from tests.app.takeover.spreadsheets import xlsx
from tests.conftest import People, SignIn

LIGHT = 150 * 1024


@pytest.fixture
def tansy(client: FlaskClient, people: People, sign_in: SignIn) -> Person:
    """An administrator, who is signed in."""
    person = people.person("Tansy", roles=(Role.ADMIN,))
    sign_in(client, person)
    return person


def upload(client: FlaskClient, raw: bytes, name: str = "team.csv") -> str:
    """Choose a file; return the address of its page."""
    answer = client.post(
        "/people/take-over", data={"file": (io.BytesIO(raw), name)}, content_type="multipart/form-data"
    )
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


def hidden(client: FlaskClient, page: str) -> dict[str, str]:
    """What the page of a list says of itself in its form."""
    shown = client.get(page).text
    return {name: re.findall(rf'name="{name}" value="([^"]*)"', shown)[0] for name in ("revision", "mark")}


def send(client: FlaskClient, page: str, button: str, more: Mapping[str, Any] | None = None) -> str:
    """Press a button of the page; return what it leads to."""
    answer = client.post(page, data={**hidden(client, page), button: "1", **(more or {})}, follow_redirects=True)
    assert answer.status_code == 200, answer.text
    return answer.text


def names() -> list[str]:
    return [person.display_name for person in directory.everybody()]


def test_from_a_file_to_people_and_back(client: FlaskClient, tansy: Person) -> None:
    page = upload(client, text(headings="Bird,E-mail,Roles"))
    first = client.get(page).text
    assert "4 rows. Nothing is saved yet" in first
    looked = send(client, page, "look", {"column-0": "display_name", "cell-3-email": "alder@example.org"})
    assert "Take in 3 people" in looked
    assert "1 with the role lead" in looked
    assert names() == ["Tansy"]
    assert "Taking everybody in" in send(client, page, "take")
    work()
    arrived = client.get(page).text
    assert "3 people are here" in arrived
    assert "See the list of them" in arrived
    assert names() == ["Alder", "Plover", "Tansy", "Yarrow"]
    assert "3 without invitation" in client.get("/people/take-over").text
    client.post(f"{page}/undo")
    assert "Taking the list back" in client.get(page).text
    work()
    assert "This list was taken back" in client.get(page).text
    assert names() == ["Tansy"]


def test_with_a_change_on_the_page_the_list_is_looked_at_again_before_anybody_comes_in(
    client: FlaskClient, tansy: Person
) -> None:
    page = upload(client, text())
    again = send(client, page, "take", {"cell-3-email": "alder@example.org"})
    assert "Nobody is taken in yet" in again
    assert "Take in 3 people" in again


def test_what_was_typed_stays_where_the_list_changed_meanwhile(client: FlaskClient, tansy: Person) -> None:
    page = upload(client, text())
    earlier = hidden(client, page)
    send(client, page, "look", {"row": "5", "out": "5"})
    answer = client.post(page, data={**earlier, "look": "1", "cell-3-email": "alder@example.org"})
    assert answer.status_code == 409
    assert "changed while your page was open" in answer.text
    assert 'value="alder@example.org"' in answer.text


def test_a_row_that_is_left_out_is_ticked_and_can_be_taken_up_again(client: FlaskClient, tansy: Person) -> None:
    page = upload(client, text())
    send(client, page, "look", {"row": "5", "out": "5"})
    out = client.get(f"{page}?show=out").text
    assert re.search(r'name="out"\s+value="5"\s+checked', out)
    assert not re.search(r'name="out"\s+value="3"\s+checked', client.get(page).text)
    assert "Ready (2)" in send(client, page, "look", {"row": "5"})


def test_a_button_pressed_twice_takes_everybody_in_once(client: FlaskClient, tansy: Person) -> None:
    page = upload(client, text())
    sent = {**hidden(client, page), "take": "1"}
    client.post(page, data=sent)
    assert "taken in at this moment" in client.post(page, data=sent, follow_redirects=True).text
    work()
    late = client.post(page, data=sent, follow_redirects=True)
    assert "was taken in already" in late.text
    assert names() == ["Plover", "Tansy", "Yarrow"]


def test_two_rows_of_one_person_are_joined_by_a_button(client: FlaskClient, tansy: Person) -> None:
    page = upload(client, text())
    answer = client.post(page, data={**hidden(client, page), "join": "4-2"}, follow_redirects=True)
    assert "Left out (1)" in answer.text


def test_a_file_that_cannot_be_read_says_why_beside_the_field(client: FlaskClient, tansy: Person) -> None:
    answer = client.post(
        "/people/take-over",
        data={"file": (io.BytesIO(b"%PDF-1.7 x"), "team.pdf")},
        content_type="multipart/form-data",
    )
    assert answer.status_code == 422
    assert "This is a PDF" in answer.text
    assert "Please choose a file" in client.post("/people/take-over", data={}).text


def test_a_list_is_put_away(client: FlaskClient, tansy: Person) -> None:
    page = upload(client, text())
    client.post(f"{page}/discard")
    assert "This list was put away" in client.get(page).text
    assert client.post(page, data={"revision": "1", "mark": ""}).status_code == 302


def test_people_are_invited_in_waves(client: FlaskClient, tansy: Person) -> None:
    page = upload(client, text())
    send(client, page, "take")
    work()
    seen = re.findall(r'name="seen" value="([^"]*)"', client.get(page).text)[0]
    sent = client.post(f"{page}/invite", data={"seen": seen, "wave": "all"}, follow_redirects=True).text
    assert "2 welcome e-mails on the way" in sent
    assert "Everybody is invited" in sent
    again = client.post(f"{page}/invite", data={"seen": seen, "wave": "all"}, follow_redirects=True)
    assert "Nothing was sent again" in again.text
    nobody = re.findall(r'name="seen" value="([^"]*)"', client.get(page).text)[0]
    refused = client.post(f"{page}/invite", data={"seen": nobody, "wave": "single"})
    assert (refused.status_code, "Nobody was chosen" in refused.text) == (409, True)


def test_the_template_is_a_file_to_keep(client: FlaskClient, tansy: Person) -> None:
    answer = client.get("/people/take-over/template.csv")
    assert answer.headers["Content-Disposition"] == "attachment; filename=people-to-bring.csv"
    assert answer.data.startswith(b"\xef\xbb\xbfName the community sees,")


def test_a_page_of_two_thousand_rows_and_a_hundred_columns_stays_light(client: FlaskClient, tansy: Person) -> None:
    width = 98
    headings = ["Nickname", "E-mail", *(f"Something {number}" for number in range(width))]
    rows = [[f"Bird {number}", "no address", *["words"] * width] for number in range(200)]
    rows += [[f"Bird {number}", "no address"] for number in range(200, 1_999)]
    page = upload(client, xlsx({"Team": [headings, *rows]}), "team.xlsx")
    shown = client.get(page)
    assert len(shown.data) < LIGHT
    assert shown.text.count('name="row"') == ROWS_ON_A_PAGE
    assert "Page 2 of 80, next" in shown.text
    last = client.get(f"{page}?page=999&columns=999").text
    assert "Page 79 of 80, before" in last


def test_coordinators_are_led_to_the_import_and_administrators_to_the_whole_list(
    app: Flask, client: FlaskClient, people: People, sign_in: SignIn, tansy: Person
) -> None:
    assert 'href="/people/take-over"' in client.get("/people").text
    assert 'href="/people/take-over"' in client.get("/people/import").text
    other = sign_in(app.test_client(), people.person("Sable", roles=(Role.COORDINATOR,)))
    assert 'href="/people/import"' in other.get("/people").text
    assert "/people/take-over" not in other.get("/people/import").text
