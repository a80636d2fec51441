"""The sentences of WTForms that say nothing of use, in our words: what is wrong, in which field, and how to mend it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from wtforms import Field, FieldList, FormField
from wtforms.form import BaseForm
from wtforms.widgets import HiddenInput

CHOOSE_AGAIN = "choose again from what the page offers now."
OURS = (
    (r"Not a valid integer value\.", "write a whole number in figures, such as 12."),
    (r"Not a valid (?:decimal|float) value\.", "write a number in figures, such as 2.5."),
    (r"Not a valid date value\.", "give a day of the calendar, such as 2026-06-14."),
    (r"Not a valid datetime value\.", "give a day and a time, such as 2026-06-14 18:30."),
    (r"Not a valid time value\.", "write the time in figures, such as 18:30."),
    (r"Not a valid week value\.", "give a week of a year, such as 2026-W24."),
    (r"Not a valid choice\.", CHOOSE_AGAIN),
    (r"Invalid Choice: could not coerce\.|Invalid choice\(s\): .*", CHOOSE_AGAIN),
    (r".* (?:is not a valid choice|are not valid choices) for this field\.", CHOOSE_AGAIN),
    (r"Invalid value, (?:must be one of|can't be any of): .*", CHOOSE_AGAIN),
    (r"This field is required\.", "please fill this in."),
    (r"Invalid input\.", "write it in the form that the page asks for."),
    (r"Invalid email address\.", "write the whole e-mail address, such as name@example.org."),
    (r"Invalid URL\.", "write the whole address, such as https://example.org."),
    (r"Field must be equal to (.*)\.", r"write the same as in “\1”."),
    (r"Field cannot be longer than (\d+) characters?\.", r"please keep this to \1 characters."),
    (r"Field must be at least (\d+) characters? long\.", r"write \1 characters or more."),
    (r"Field must be exactly (\d+) characters? long\.", r"write exactly \1 characters."),
    (r"Field must be between (\d+) and (\d+) characters long\.", r"write \1 to \2 characters."),
    (r"(?:Number|Date) must be at least (.*)\.", r"give \1 or more."),
    (r"(?:Number|Date) must be at most (.*)\.", r"give \1 at most."),
    (r"(?:Number|Date) must be between (.*) and (.*)\.", r"give \1 to \2."),
)
HIDDEN = "Part of the page did not arrive as it was sent. Open the page again and try once more."
"""A field that nobody sees can be mended by nobody."""


def in_our_words(form: BaseForm) -> None:
    """Put each sentence of WTForms in a form's errors into our words. Our own sentences stay as they are."""
    for field in form:
        _say(field)


def _say(field: Field) -> None:
    inner: Iterable[Any] = field if isinstance(field, FieldList | FormField) else ()
    for each in inner:
        _say(each)
    if isinstance(field.errors, list):
        # What could not be read needs no second sentence. In place, because a list of fields holds the same errors.
        errors = field.process_errors or field.errors
        field.errors[:] = [sentence_for(each, field) if isinstance(each, str) else each for each in errors]


def sentence_for(sentence: str, field: Field) -> str:
    """One error of a field: in our words where WTForms wrote it, else as it is."""
    for theirs, ours in OURS:
        if found := re.fullmatch(theirs, sentence, re.DOTALL):
            return HIDDEN if isinstance(field.widget, HiddenInput) else f"{field.label.text}: {found.expand(ours)}"
    return sentence
