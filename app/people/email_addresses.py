"""E-mail addresses: the form in which they are stored and compared, and whether one is well formed."""

from __future__ import annotations

from email_validator import EmailNotValidError, validate_email


def normalize(address: str) -> str:
    """Return an address as it is stored and compared: trimmed, in lower case."""
    return address.strip().lower()


def email_address_fault(address: str) -> str | None:
    """Return a sentence that says why this is not an e-mail address, or None if it is well formed.

    Whether its domain accepts mail is for the mail server to find out: looking it up would need the network.
    """
    try:
        validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return f"“{address}” is not an e-mail address."
    return None
