"""The filters by which templates word counts and put a link inside a sentence."""

from __future__ import annotations

from flask import Flask
from markupsafe import Markup

from app.wording import amount, listed, percent, plural, thousands


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
    for words in (plural, listed, thousands, amount, percent, linked):
        app.jinja_env.filters[words.__name__] = words
