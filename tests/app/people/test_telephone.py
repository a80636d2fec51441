"""Telephone numbers: what is kept, and what is refused with a way to mend it."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app import settings as installation
from app.people.telephone import telephone
from app.people.zones import country_of
from app.refusals import Invalid
from tests.app.test_typed_text import ANY_TEXT

LONDON = "+44 7700 900101"


@pytest.mark.parametrize(
    "typed",
    [
        "07700 900101",
        "+447700900101",
        "+44 (0)7700 900-101",
        "0044 7700 900101",
        "447700900101",
        "7700900101",  # a spreadsheet took the zero
        "7700900101.0",
        '="07700900101"',
        "'07700 900101",
        "０７７００ ９００１０１",
        "٠٧٧٠٠٩٠٠١٠١",
        "\u202a+44 7700 900101\u202c",
        "07700\u2011900101",
    ],
)
def test_a_number_is_kept_as_it_is_dialled_from_anywhere(app: Flask, typed: str) -> None:
    assert telephone(typed) == LONDON
    assert telephone(LONDON) == LONDON


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("4.47701E+11", "A spreadsheet turned the number into “4.47701E+11”"),
        ("4,47701E+11", "Format the column as text"),
        ("ask Robin", "is not one telephone number"),
        ("07700 9001", "Are there figures missing"),
        ("7946 0018", "Are there figures missing"),
        ("07700 900101 / 07700 900102", "one telephone number"),
        ("07700 900101 07700 900102", "telephone number"),
        ("999", "Are there figures missing"),
        ("+999 1", "does not begin with the code of a country"),
        ("0" * 5000, "too long"),
        ("0800 FLOWERS", "is not one telephone number"),
    ],
)
def test_what_cannot_be_dialled_is_refused_and_says_how_to_mend_it(app: Flask, typed: str, words: str) -> None:
    with pytest.raises(Invalid) as refusal:
        telephone(typed)
    assert words in refusal.value.sentences[0]
    assert refusal.value.field == "phone"


def test_no_number_is_none_and_an_extension_is_kept(app: Flask) -> None:
    assert telephone(None) is telephone("") is telephone(" ") is None
    assert telephone("020 7946 0018 ext 5") == "+44 20 7946 0018 x5"


def test_a_number_without_a_country_is_one_of_the_organisations_country(app: Flask) -> None:
    assert country_of("Europe/Warsaw") == "PL"
    installation.use(replace(installation.current(), zone=ZoneInfo("Europe/Warsaw")))
    assert telephone("22 635 12 34") == "+48 22 635 12 34"
    installation.use(replace(installation.current(), zone=ZoneInfo("UTC")))
    with pytest.raises(Invalid, match=r"begin it with \+"):
        telephone("22 635 12 34")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(ANY_TEXT, st.text(alphabet="0123456789+() -./xE,.'=\"", max_size=30)))
def test_any_text_is_kept_as_a_number_or_refused(app: Flask, typed: str) -> None:
    try:
        kept = telephone(typed)
    except Invalid as refusal:
        kept = None if refusal.sentences[0] else ""
    assert kept is None or telephone(kept) == kept
