"""What every request must keep to before any form or view sees it: its host, its size, and characters that can be kept.

A body is refused by its length alone, unread. The few views that take a file or a long text say so with
`takes_at_most`, and for people who may not open them the small limit holds all the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import ClassVar, TypeVar

from flask import Flask, current_app, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from app import settings
from app.pages.middleware import is_for_another_host
from app.permissions import may_open
from app.refusals import Refusal

LARGEST_BODY = 64 * 1024  # bytes; the longest form of ours, a page of notes, has some 20 KiB
LONGEST_QUERY = 4096  # bytes after the question mark
MOST_FIELDS = 500  # of one form; ours have at most some 60

# PostgreSQL keeps no zero character, and neither database keeps half of a surrogate pair.
CANNOT_BE_KEPT = re.compile("[\x00\ud800-\udfff]")
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
JSON = "application/json"

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])


class Unreadable(Refusal):
    """The request holds what no page of ours sends."""

    status: ClassVar[int] = 400
    title: ClassVar[str] = "We could not read that"


class AnotherHost(Refusal):
    """The request names a host that this service is not."""

    status: ClassVar[int] = 421
    title: ClassVar[str] = "This is not the address of our service"


def takes_at_most(size: int, *, file: str | None = None) -> Callable[[View], View]:
    """Declare the largest body in bytes that a view takes, and the name of the field in which it takes a file."""

    def declare(view: View) -> View:
        view.largest_body = size  # type: ignore[attr-defined]  # both are read by the check of each request
        view.takes_file = file  # type: ignore[attr-defined]  # as above
        return view

    return declare


def takes_json(view: View) -> View:
    """Declare that a view reads its body itself, as JSON. No form class sees it."""
    view.takes_json = True  # type: ignore[attr-defined]  # read by the check of each request
    return view


def largest_body_of(view: Callable[..., object] | None) -> int:
    """The largest body in bytes that a view takes from the person who makes the request."""
    declared: int = getattr(view, "largest_body", LARGEST_BODY)
    return declared if view is not None and may_open(view) else min(declared, LARGEST_BODY)


def check_request() -> None:
    """Refuse a request that is too large, for another host, or holds characters that cannot be kept."""
    if is_for_another_host(request.environ):
        raise AnotherHost(f"You reach it at {settings.current().public_url}.")
    _refuse_long_query()
    if request.routing_exception is None:
        view = current_app.view_functions.get(request.endpoint or "")
        _refuse_large_body(largest_body_of(view), takes_json=getattr(view, "takes_json", False))
        # Flask-WTF would give a file to the field of its name, and a field of text fails on it.
        if set(request.files) - {getattr(view, "takes_file", None)}:
            raise Unreadable("There is a file in it, and this form takes none. Please go back and send it without.")
    if any(map(CANNOT_BE_KEPT.search, _texts())):
        raise Unreadable(
            "There is a character in it that is none, and that we cannot keep. It can come along when text is copied "
            "from another program. Please type that part again."
        )


def _refuse_long_query() -> None:
    query = request.query_string
    if len(query) > LONGEST_QUERY or query.count(b"&") > MOST_FIELDS:
        raise Unreadable("The address is longer than any of ours. Please start from a page of ours.")


def _refuse_large_body(largest: int, *, takes_json: bool) -> None:
    request.max_content_length = request.max_form_memory_size = largest
    request.max_form_parts = MOST_FIELDS
    length = request.content_length or 0
    if length > largest:
        raise RequestEntityTooLarge
    taken = (*FORMS, JSON) if takes_json else FORMS
    if request.mimetype not in taken and (length or "Transfer-Encoding" in request.headers):
        raise UnsupportedMediaType  # Flask-WTF would read JSON, whose values are of any type, into a form.
    if request.mimetype == FORMS[0]:
        body = request.get_data(cache=True)
        if request.content_length is None and len(body) >= largest:
            raise RequestEntityTooLarge  # Of a body without a length, the rest was cut off.
        # The parser of these forms counts no fields, so they are counted in the bytes.
        if body.count(b"&") > MOST_FIELDS:
            raise Unreadable("The form has more fields than any of ours. Please go back and send it again.")


def _texts() -> Iterator[str]:
    """Each text of the address and of the form."""
    yield request.path
    for values in (request.args, request.form) if request.routing_exception is None else (request.args,):
        for name, value in values.items(multi=True):
            yield name
            yield value


def install(app: Flask) -> None:
    """Check every request of this application."""
    app.before_request(check_request)
