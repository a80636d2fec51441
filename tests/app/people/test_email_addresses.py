"""E-mail addresses: one form for each, and a sentence for what is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.people.email_addresses import email_address, for_mail_server, normalize
from app.refusals import Invalid
from tests.app.test_typed_text import ANY_TEXT


@pytest.mark.parametrize(
    "typed",
    [
        "wren@example.org",
        " Wren@Example.org ",
        "wren@example.org\n",
        "\u200bwren@example.org",
        "ｗｒｅｎ＠ｅｘａｍｐｌｅ．ｏｒｇ",
    ],
)
def test_an_address_has_one_form_however_it_is_typed(typed: str) -> None:
    assert email_address(typed) == normalize(typed) == "wren@example.org"


def test_a_domain_beyond_ascii_is_kept_as_people_read_it_and_sent_as_servers_do() -> None:
    assert email_address("wren@BÜCHER.example") == email_address("wren@xn--bcher-kva.example") == "wren@bücher.example"
    assert for_mail_server("wren@bücher.example") == "wren@xn--bcher-kva.example"
    assert for_mail_server("wren@example.org") == "wren@example.org"
    assert for_mail_server("kept before there was a rule") == "kept before there was a rule"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "wren",
        "wren@",
        "@example.org",
        "Wren <w@example.org>",
        "a@b.org; c@d.org",
        "zoë@example.org",
        "w@ex ample.org",
    ],
)
def test_what_is_no_address_is_refused_with_what_was_typed(typed: str) -> None:
    with pytest.raises(Invalid) as refusal:
        email_address(typed)
    assert f"“{typed}” is not an e-mail address. " in refusal.value.sentences[0]
    assert refusal.value.field == "email"


@given(st.one_of(ANY_TEXT, st.emails(), st.text(alphabet="aé@.- \u200b\u0000ü", max_size=20)))
def test_any_text_is_kept_as_an_address_or_refused(typed: str) -> None:
    try:
        kept = email_address(typed)
    except Invalid as refusal:
        kept = "" if refusal.sentences[0] else "no reason"
    assert kept == "" or email_address(kept) == normalize(typed) == kept
    assert for_mail_server(kept).isascii()
