"""The report of a month on paper."""

from __future__ import annotations

import io

import pikepdf
import pytest
from flask.testing import FlaskClient

from app import clock
from app.people.models import Role
from tests.conftest import SignIn
from tests.pdf_text import text_of_pdf
from tests.rota.crew import Crew
from tests.rota.reports.test_month_figures import AFTER


@pytest.fixture
def paper(crew: Crew, client: FlaskClient, sign_in: SignIn) -> bytes:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    crew.published(wren)
    clock.set_to(AFTER)
    sign_in(client, crew.people.person("Tansy", roles=(Role.COORDINATOR,)))
    page = client.get("/rota/month?month=2027-02")
    assert "/rota/month.pdf?month=2027-02" in page.text
    answer = client.get("/rota/month.pdf?month=2027-02")
    assert answer.mimetype == "application/pdf"
    made: bytes = answer.data
    return made


def test_a_funder_reads_what_the_month_came_to_and_nobody_by_name(paper: bytes) -> None:
    text = text_of_pdf(paper)
    for words in ("February 2027", "Hours given, by stage", "Beside the month before", "How evenly it was shared"):
        assert words in text
    assert "Somebody was there in 4 of 112 hours" in text
    assert "No seat was given back or lost in this month." in text
    assert "Wren" not in text


def test_it_is_tagged_and_its_drawing_has_words(paper: bytes) -> None:
    with pikepdf.open(io.BytesIO(paper)) as opened:
        assert opened.Root.MarkInfo.Marked
        assert opened.Root.Lang == "en-GB"
        tags = [each for each in opened.objects if isinstance(each, pikepdf.Dictionary)]
        alternatives = [str(each.Alt) for each in tags if "/Alt" in each]
    assert "Hours in each week by stage; the table below has the same figures" in alternatives
