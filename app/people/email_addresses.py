"""E-mail addresses: one rule for the address that is kept, used by pages, imports and commands.

An address is kept and compared in lower case, its domain as people read it (bücher.example) and never in two forms.
Whether the domain accepts mail is for the mail server to find out: looking it up would need the network.
"""

from __future__ import annotations

import unicodedata

from email_validator import EmailNotValidError, ValidatedEmail, validate_email

from app.refusals import Invalid
from app.typed_text import one_line, quoted

LONGEST_TYPED = 320  # characters; an address has 254 at most


def email_address(typed: str) -> str:
    """The address that is kept for what was typed; refuses what is not one address that mail can be sent to."""
    if len(typed) > LONGEST_TYPED:
        raise Invalid(f"{quoted(typed)} is not an e-mail address. It is too long.", field="email")
    text = _tidied(typed)
    try:
        return _validated(text).normalized.lower()
    except EmailNotValidError as error:
        # The library ends some of its sentences with a full stop.
        why = str(error).rstrip(".").replace("email address", "e-mail address")
        raise Invalid(f"{quoted(text)} is not an e-mail address. {why}.", field="email") from None


def normalize(typed: str) -> str:
    """The form in which an address is looked up; also of what is no address, which is then found nowhere."""
    try:
        return email_address(typed)
    except Invalid:
        return _tidied(typed[:LONGEST_TYPED]).lower()


def for_mail_server(address: str) -> str:
    """A kept address as mail servers read it: its domain in ASCII."""
    try:
        return _validated(address).ascii_email or address
    except EmailNotValidError:  # kept before there was this rule
        return address


def _tidied(typed: str) -> str:
    # NFKC makes ordinary characters and @ of full-width ones.
    return unicodedata.normalize("NFKC", one_line(typed))


def _validated(text: str) -> ValidatedEmail:
    # Characters beyond ASCII before the @ need every mail server on the way to know SMTPUTF8, and many do not.
    return validate_email(text, check_deliverability=False, test_environment=True, allow_smtputf8=False)
