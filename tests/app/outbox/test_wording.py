"""Why an e-mail did not get out, in sentences."""

from __future__ import annotations

import pytest

from app.outbox.wording import words_of


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (None, ""),
        ("smtp 550 at recipient", "The mail server did not take the address. (550)"),
        (
            "smtp 535 at sign-in",
            "The mail server did not accept the user name and password of NIGHTLIGHT_MAIL_URL. (535)",
        ),
        ("smtp 451", "The mail server refused the e-mail. (451)"),
        (
            "ConnectionRefusedError",
            "Nothing answers at the address of the mail server. (ConnectionRefusedError)",
        ),
        ("KeyError", "The e-mail could not be handed over. (KeyError)"),
    ],
)
def test_every_code_has_words_and_keeps_what_a_mail_provider_can_be_asked_about(code: str | None, words: str) -> None:
    assert words_of(code) == words
