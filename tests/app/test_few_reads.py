"""A page asks one question once, and asks again after a write; lists of people come in pages."""

from __future__ import annotations

from flask.testing import FlaskClient

from app import db
from app.people.directory import PEOPLE_ON_A_PAGE, page_of_people
from app.people.models import Role
from app.people.rights import grant_role, roles_of
from tests.conftest import People, SignIn
from tests.times import NOW

TODAY = NOW.date()


def test_an_answer_is_kept_while_a_page_is_made_and_forgotten_by_a_write(people: People) -> None:
    wren = people.person("Wren")
    db.start_read_cache()
    assert roles_of(wren.id, on=TODAY) is roles_of(wren.id, on=TODAY)
    with db.writing():
        assert roles_of(wren.id, on=TODAY) == frozenset()
        grant_role(wren, Role.LEAD, by=None, today=TODAY, now=NOW)
        assert roles_of(wren.id, on=TODAY) == {Role.LEAD}
    assert roles_of(wren.id, on=TODAY) == {Role.LEAD}


def test_nothing_is_kept_from_one_page_to_the_next(client: FlaskClient, people: People, sign_in: SignIn) -> None:
    wren = people.person("Wren")
    sign_in(client, wren)
    assert "/rota" not in client.get("/menu").text
    with db.writing():
        grant_role(wren, Role.COORDINATOR, by=None, today=TODAY, now=NOW)
    assert 'href="/rota"' in client.get("/menu").text


def test_people_are_listed_by_the_page_and_found_by_a_part_of_their_name(
    client: FlaskClient, people: People, sign_in: SignIn
) -> None:
    sign_in(client, people.person("Tansy", roles=(Role.COORDINATOR,)))
    for number in range(PEOPLE_ON_A_PAGE):
        people.person(f"Heron {number:02}")
    first, last = client.get("/people").text, client.get("/people?page=2").text
    assert "Heron 00" in first
    assert "Tansy</a></th>" not in first
    assert "Tansy</a></th>" in last
    assert "Heron 07" in client.get("/people?name=heron+07").text
    assert "Nobody of that name." in client.get("/people?name=100%25").text
    assert page_of_people("", 99).number == 2
    assert page_of_people("", -1).number == 1
