"""The notices of training and what they say."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app import db
from app.people.models import Person
from tests.conftest import People, SignIn
from tests.training.courses import install_shipped, pass_course
from tests.training.emails import queued, words_of
from training.certificate_page import print_of
from training.models import Certificate

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


def test_e_mail_pages_and_certificate_give_the_same_day_to_somebody_for_whom_it_is_another(
    people: People, client: FlaskClient, sign_in: SignIn
) -> None:
    install_shipped()
    kauri = people.person("Kauri", zone_name="Pacific/Auckland")  # where it is the morning of the 19th
    pass_course(kauri)
    _subject, text, html = words_of(queued("certificate-issued")[0])
    certificate = db.session.scalars(select(Certificate)).one()
    sign_in(client, kauri)
    pages = [
        client.get(address).text
        for address in (f"/certificates/{certificate.id}", "/learning", f"/verify/{certificate.code}", "/journey")
    ]
    assert print_of(certificate).awarded_on == date(2027, 2, 18)
    for said in (text, html, *pages):
        assert "18 February 2027" in said
        assert "19 February 2027" not in said
