"""Who may open what: permissions, the declarations on routes, and the person who is asking."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.people.models import Person
from app.people.rights import CorePermission as CorePermission
from app.people.rights import Permission as Permission
from app.people.rights import permissions_of
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
    """Anyone may open this, signed in or not."""
    return _declare(view, "public")


def signed_in(view: View[P]) -> View[P]:
    """Anyone with an account may open this; others are asked to sign in first and come back."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        if visitor() is None:
            return _to_sign_in()
        return view(*args, **kwargs)

    return _declare(guarded, "signed in")


def requires(permission: Permission) -> Callable[[View[P]], View[P]]:
    """Only who holds this permission today may open this."""

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
    """The person who is asking, or None for a stranger."""
    person: Person | None = g.get("person")
    return person


def current_person() -> Person:
    """The person who is asking; only for routes whose audience is at least "signed in"."""
    person = visitor()
    if person is None:
        raise NotAllowed("Please sign in first.")
    return person


def may(permission: str) -> bool:
    """Whether the person who is asking holds a permission at this moment (read once a request)."""
    person = visitor()
    if person is None:
        return False
    if "permissions" not in g:
        g.permissions = permissions_of(person.id, on=g.today)
    return permission in g.permissions


def _to_sign_in() -> ResponseReturnValue:
    back = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("people.sign_in_page", next=back))
