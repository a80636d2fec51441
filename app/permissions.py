"""The audience of each route, declared by decorators, and the person who makes the request."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.people.models import Person
from app.people.rights import CorePermission as CorePermission
from app.people.rights import Permission as Permission
from app.refusals import NotAllowed

P = ParamSpec("P")
View = Callable[P, ResponseReturnValue]
Marked = TypeVar("Marked", bound=Callable[..., ResponseReturnValue])


def audience_of(view: Callable[..., object]) -> str | None:
    """The declared audience of a view: "public", "signed in", a permission's value, or None if it has none."""
    return getattr(view, "audience", None)


def _declare(view: Marked, audience: str) -> Marked:
    view.audience = audience  # type: ignore[attr-defined]  # read by the dispatcher and by the audience test
    return view


def public(view: Marked) -> Marked:
    """Declare that anyone may open a route, signed in or not."""
    return _declare(view, "public")


def signed_in(view: View[P]) -> View[P]:
    """Declare that anyone with an account may open a route; others are sent to sign in and then back."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        if visitor() is None:
            return _to_sign_in()
        return view(*args, **kwargs)

    return _declare(guarded, "signed in")


def requires(permission: Permission) -> Callable[[View[P]], View[P]]:
    """Declare that only people who hold this permission today may open a route."""

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            if visitor() is None:
                return _to_sign_in()
            if not may(permission):
                raise NotAllowed("Your account does not open this page. If it should, ask your coordinator.")
            return view(*args, **kwargs)

        return _declare(guarded, permission)

    return decorate


def visitor() -> Person | None:
    """The person who makes the request, or None if nobody is signed in."""
    person: Person | None = g.get("person")
    return person


def current_person() -> Person:
    """The person who makes the request; only for routes whose audience is at least "signed in"."""
    person = visitor()
    if person is None:
        raise NotAllowed("Please sign in first.")
    return person


def may(permission: str) -> bool:
    """Whether the person who makes the request holds a permission; `identify_visitor` read them for this request."""
    return visitor() is not None and permission in g.permissions


def may_open(view: Callable[..., object]) -> bool:
    """Whether the person who makes the request is of a view's audience."""
    audience = audience_of(view)
    if audience in ("public", None):
        return True
    return visitor() is not None if audience == "signed in" else may(audience)


def _to_sign_in() -> ResponseReturnValue:
    destination = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("people.sign_in_page", next=destination))
