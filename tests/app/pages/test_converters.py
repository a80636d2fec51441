"""Variable parts of addresses: what is out of bounds is no page."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from werkzeug.exceptions import NotFound
from werkzeug.routing import Rule

from app.pages.converters import LARGEST_ID, BoundedMap

ROUTES = BoundedMap([Rule("/one/<int:number>", endpoint="one"), Rule("/two/<word>", endpoint="two")])


def matched(path: str) -> object:
    return ROUTES.bind("localhost").match(path)[1]


def test_a_number_is_one_that_a_column_of_ids_holds() -> None:
    assert matched("/one/0") == {"number": 0}
    assert matched(f"/one/{LARGEST_ID}") == {"number": 2_147_483_647}
    assert matched("/two/" + "ü" * 500) == {"word": "ü" * 500}


@pytest.mark.parametrize("number", [str(LARGEST_ID + 1), "9" * 20, "9" * 5000, "-1", "+1", "01", "1.0", "٣", "1\n", ""])
def test_any_other_number_is_no_page(number: str) -> None:
    with pytest.raises(NotFound):
        matched(f"/one/{number}")


def test_a_longer_word_is_no_page() -> None:
    with pytest.raises(NotFound):
        matched("/two/" + "x" * 501)


@pytest.mark.both_databases
def test_a_number_beyond_every_column_answers_that_there_is_no_such_page(client: FlaskClient) -> None:
    for path in ("/.well-known/status/99999999999999999999", "/.well-known/status/2147483648", "/people/4294967296"):
        assert client.get(path).status_code == 404
