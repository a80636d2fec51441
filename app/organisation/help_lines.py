"""Help lines outside the organisation, as administrators write them: one a line, three parts between semicolons."""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.refusals import Invalid
from app.typed_text import one_line, quoted

MOST_LINES = 8
LONGEST_PART = 80  # characters
CALL = re.compile(r"\+?[0-9][0-9 ]{1,19}")
TEXT = re.compile(r"(?P<word>\w{1,20}) to (?P<number>[0-9][0-9 ]{2,11})")

# Free, day and night, in the United Kingdom: samaritans.org, giveusashout.org, childline.org.uk.
SHIPPED = (
    "Samaritans; for anyone, about anything; 116 123\n"
    "Shout; by text message; SHOUT to 85258\n"
    "Childline; if you are under 19; 0800 1111"
)


@dataclass(frozen=True)
class HelpLine:
    """One help line: whom it is for, and the number to ring, or the word to send by text message."""

    name: str
    about: str
    number: str
    text_word: str | None = None

    @property
    def href(self) -> str:
        """The address that rings it or begins a text message to it."""
        return f"{'sms' if self.text_word else 'tel'}:{self.number.replace(' ', '')}"


def read(text: str) -> list[HelpLine]:
    """The help lines of a text; refuses a line of another shape, and says which and how to mend it."""
    written = [(place, line) for place, line in enumerate(text.splitlines(), start=1) if line.strip()]
    if len(written) > MOST_LINES:
        raise Invalid(f"There is room for {MOST_LINES} help lines. In need nobody reads more.", field="help_lines")
    return [_read_line(place, line) for place, line in written]


def _read_line(place: int, line: str) -> HelpLine:
    parts = [one_line(part) for part in line.split(";")]
    if len(parts) != 3 or not all(parts):
        raise Invalid(
            f"Line {place}, {quoted(line.strip())}, needs three parts with a semicolon between them: the name, whom it "
            "is for, and the number.",
            field="help_lines",
        )
    name, about, number = parts
    if max(len(name), len(about)) > LONGEST_PART:
        raise Invalid(
            f"Line {place}: keep the name and whom it is for under {LONGEST_PART} characters each.", field="help_lines"
        )
    if by_text := TEXT.fullmatch(number):
        return HelpLine(name, about, by_text["number"], by_text["word"])
    if not CALL.fullmatch(number):
        raise Invalid(
            f"Line {place}: {quoted(number)} is neither a telephone number, such as 116 123, nor a text message, such "
            "as SHOUT to 85258.",
            field="help_lines",
        )
    return HelpLine(name, about, number)
