"""Typed refusals: how the domain says no.

A refusal carries sentences for a person. The web turns each into a page or into the error summary of the
form it came from, once, in `app/pages`; domain code only raises.
"""

from __future__ import annotations

from typing import ClassVar


class Refusal(Exception):
    """Something cannot be done, and here is why, in words for the person who asked."""

    status: ClassVar[int] = 409
    title: ClassVar[str] = "That could not be done"

    def __init__(self, *sentences: str, field: str | None = None) -> None:
        super().__init__(*sentences)
        self.sentences = sentences
        self.field = field  # the form field the sentences speak of, if one does


class Conflict(Refusal):
    """The world has moved on since the page was opened, or a rule stands in the way."""


class Invalid(Refusal):
    """What was sent cannot be taken as it is."""

    status = 422
    title = "Please check what you sent"


class NotFound(Refusal):
    """There is no such thing, or not for this person: the two look the same on purpose."""

    status = 404
    title = "We could not find that page"


class NotAllowed(Refusal):
    """This person may not do this."""

    status = 403
    title = "That is not open to you"


class TooManyAttempts(Refusal):
    """Too many tries in a short time; `retry_after` says in how many seconds to come back."""

    status = 429
    title = "Please wait a little"

    def __init__(self, *sentences: str, retry_after: int) -> None:
        super().__init__(*sentences)
        self.retry_after = retry_after
