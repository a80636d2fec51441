"""Typed refusals: the exceptions with which use cases reject a request.

A refusal carries sentences for a person. `app/pages` turns each into an error page, or into the error summary of the
form it came from; domain code only raises.
"""

from __future__ import annotations

from typing import ClassVar


class Refusal(Exception):
    """The request cannot be carried out; the sentences say why."""

    status: ClassVar[int] = 409
    title: ClassVar[str] = "That could not be done"
    security_event: ClassVar[str | None] = None  # the kind of security event that it is, if any

    def __init__(self, *sentences: str, field: str | None = None) -> None:
        super().__init__(*sentences)
        self.sentences = sentences
        self.field = field  # the form field that the sentences are about, if any
        self.person_id: int | None = None  # whose account it is about, where that is not who asks


class Conflict(Refusal):
    """The data changed after the page was opened, or a rule forbids the change."""


class PageOutOfDate(Conflict):
    """The form was sent from a page that showed an earlier state, so it no longer says what it answers.

    Nothing was recorded. The view leads to the page of today, with the sentences on it.
    """


class Invalid(Refusal):
    """The input is not valid."""

    status = 422
    title = "Please check what you sent"


class NotFound(Refusal):
    """What was asked for does not exist, or this person may not know that it does: the answer is the same."""

    status = 404
    title = "We could not find that page"


class NotAllowed(Refusal):
    """This person may not do this."""

    status = 403
    title = "That is not open to you"
    security_event = "denied"


class TooManyAttempts(Refusal):
    """Too many attempts in a short time; `retry_after` is the wait in seconds."""

    status = 429
    title = "Please wait a little"
    security_event = "throttled"

    def __init__(self, *sentences: str, retry_after: int) -> None:
        super().__init__(*sentences)
        self.retry_after = retry_after
