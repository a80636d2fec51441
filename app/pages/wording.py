"""Wording that pages, e-mails and Python sentences share: numbers with their nouns, a link inside a sentence."""

from __future__ import annotations

from flask import Flask
from markupsafe import Markup


def plural(count: int, one: str, many: str | None = None) -> str:
    """Return the count with its noun: 1 shift, 3 shifts, 0 shifts.

    `many` is needed where an s does not make the plural ("person", "people"), and where a verb follows the noun
    ("seat is", "seats are").
    """
    return f"{count} {one if count == 1 else many or one + 's'}"


def thousands(number: int) -> str:
    """Return the number with commas: 1,310."""
    return f"{number:,}"


def linked(sentence: str, words: str, address: str) -> Markup:
    """Return the sentence with the first `words` in it as a link, everything escaped.

    A sentence that does not hold the words stays as it is.
    """
    before, found, after = sentence.partition(words)
    if not found:
        return Markup("{}").format(sentence)
    return Markup('{}<a class="govuk-link" href="{}">{}</a>{}').format(before, address, found, after)


def install(app: Flask) -> None:
    """Give the templates these filters."""
    for words in (plural, thousands, linked):
        app.jinja_env.filters[words.__name__] = words
