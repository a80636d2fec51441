"""The notices of training and what they say."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask

from app.people.models import Person
from tests.conftest import People
from tests.training.courses import install_shipped, pass_course
from tests.training.emails import queued, words_of

LAST_DAY = date(2029, 2, 18)


@pytest.fixture
def wren(people: People) -> Person:
    install_shipped()
    wren = people.person("Wren")
    pass_course(wren)
    return wren


def test_the_email_of_a_pass_says_what_how_long_and_where(wren: Person, app: Flask) -> None:
    subject, text, html = words_of(queued("certificate-issued")[0])
    assert subject == "You passed: Understanding conflict"
    for said in (text, html):
        assert "18 February 2029" in said
        assert "http://127.0.0.1:8000/certificates/1" in said
        assert "Wren" in said
