"""Telephone numbers: one rule for the number that is kept, used by pages, imports and commands.

A number is kept as it is dialled from anywhere, +44 20 7946 0018. One without a country is read as one of the country
of the organisation's time zone. Whether somebody answers it only a call can tell.
"""

from __future__ import annotations

import re
import unicodedata

import phonenumbers

from app import settings
from app.people.zones import country_of
from app.refusals import Invalid
from app.typed_text import one_line, quoted

LONGEST_TYPED = 60  # characters
EXAMPLE = "A telephone number has figures and spaces, and may begin with +, like +44 20 7946 0018."

# What spreadsheets make of a long number. Half of its figures are lost in the first.
IN_POWERS_OF_TEN = re.compile(r"[+-]?\d+([.,]\d+)?\s*[eE]\s*\+?\d+")
AS_TEXT = re.compile(r'^(?:="(.*)"|\'(.*))$')  # how spreadsheets mark a number that must stay text
WITH_DECIMALS = re.compile(r"(\d{7,})[.,]0+")
SHAPE = re.compile(r"\+?[\d\s().\-/‐-―−]+((ext\.?|extension|x|#)\s*\d{1,6})?", re.IGNORECASE)


def telephone(typed: str | None) -> str | None:
    """The number that is kept for what was typed, None for nothing; refuses what cannot be dialled."""
    if typed and len(typed) > LONGEST_TYPED:
        raise _refused("That is too long for a telephone number.", EXAMPLE)
    # NFKC makes ordinary figures of full-width ones.
    text = unicodedata.normalize("NFKC", one_line(typed or ""))
    if not text:
        return None
    text = AS_TEXT.sub(r"\1\2", text)
    if IN_POWERS_OF_TEN.fullmatch(text):
        raise _refused(
            f"A spreadsheet turned the number into {quoted(text)}, and its last figures are lost.",
            "Format the column as text, and type the number again.",
        )
    if whole := WITH_DECIMALS.fullmatch(text):
        text = whole[1]
    if not SHAPE.fullmatch(text):
        raise _refused(f"{quoted(text)} is not one telephone number.", EXAMPLE)
    return _international(text)


def _international(text: str) -> str:
    country = country_of(settings.current().zone.key)
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException as error:
        if error.error_type == phonenumbers.NumberParseException.INVALID_COUNTRY_CODE:
            raise _refused(
                f"{quoted(text)} does not begin with the code of a country.", "Please begin it with +, like +44."
            ) from None
        raise _refused(f"{quoted(text)} is not one telephone number.", EXAMPLE) from None
    if not _can_be_dialled(number):
        raise _refused(
            f"{quoted(text)} is not as long as a number of its country with its area code.",
            "Are there figures missing, or too many?",
        )
    kept = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    typed_figures, kept_figures = _figures(text), f"{number.national_number}{number.extension or ''}"
    if not typed_figures.endswith(kept_figures):
        raise _refused(f"{quoted(text)} is more than one telephone number.", "Please give one.")
    return kept


def _can_be_dialled(number: phonenumbers.PhoneNumber) -> bool:
    """Whether it is as long as numbers of its country are; ranges are given out too often to ask for more."""
    if phonenumbers.is_valid_number(number):
        return True
    # Of a number that is too short, the zero before the area code counts as a part of it.
    possible = phonenumbers.is_possible_number_with_reason(number) == phonenumbers.ValidationResult.IS_POSSIBLE
    return possible and not number.italian_leading_zero


def _figures(text: str) -> str:
    return "".join(str(unicodedata.digit(character)) for character in text if character.isdigit())


def _refused(*sentences: str) -> Invalid:
    return Invalid(" ".join(sentences), field="phone")
