"""Forms are taken only from Nightlight's own pages, and only for the signed-in session that they were shown to.

A page of another site is recognised by what the browser says (`Sec-Fetch-Site`, `Origin`), and by the token that every
form carries. `Referer` is not asked for: pages with a secret in their address send none. The token belongs to one
signed-in session, so signing in, signing out and a new password each end the tokens drawn before.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import structlog
from flask import Flask, current_app, g, request, session
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect, generate_csrf
from itsdangerous import BadData, URLSafeTimedSerializer
from markupsafe import Markup

from app import settings
from app.pages.safe_redirect import origin_of
from app.refusals import NotAllowed

log = structlog.get_logger()

FIELD = "csrf_token"
FIELD_LASTS = 12 * 3600  # seconds; longer than any shift, so that a form opened at its start still works
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
FLASK_WTF_SALT = "wtf-csrf-token"
NEVER_SHOWN_AGAIN = ("password", "current")  # names of password fields
NOT_TYPED = (
    "submit",
    "seen",
    "agreed",
    "compared",
    "once",
    "to",
    "from",
    "edition",
    "step",
    "position",
    "back_to",
    "opened",
)
View = TypeVar("View", bound=Callable[..., ResponseReturnValue])
LONGEST_LINE = 32  # characters in a line of a narrow phone, on the page that shows what was typed


def takes_no_token(view: View) -> View:
    """Declare that a view takes requests that no page of ours made: its own secret or signature decides about them."""
    view.takes_no_token = True  # type: ignore[attr-defined]  # read by the check of each request
    return view


class ForeignForm(NotAllowed):
    """The form was sent by a page of another site."""

    title = "This form came from another website"

    def __init__(self) -> None:
        super().__init__(
            "Nothing was done. If you meant to do something here, open the page in Nightlight and do it there."
        )


@dataclass(frozen=True)
class Typed:
    """One thing that was typed into a refused form."""

    label: str
    text: str

    @property
    def rows(self) -> int:
        """How many lines it needs, at most eight."""
        return min(8, sum(1 + len(line) // LONGEST_LINE for line in self.text.splitlines() or [""]))


@dataclass(frozen=True)
class RefusedForm:
    """A form whose token no longer counts: what happened, what was typed, and whether it can be sent again.

    `again` are the fields of a form that sends it again, or None where it must be opened again. `sign_in_first` says
    that its person has to sign in before that.
    """

    title: str
    sentences: tuple[str, ...]
    typed: tuple[Typed, ...]
    again: tuple[tuple[str, str], ...] | None = None
    sign_in_first: bool = False


def is_from_own_page() -> bool:
    """Whether the browser says that a page of this site sent the request; True where it says nothing.

    A page with `Referrer-Policy: no-referrer` sends `Origin: null` (Fetch, "append a request `Origin` header"), so
    null alone proves nothing; every current browser sends `Sec-Fetch-Site` with it over HTTPS. The token decides the
    rest.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site not in (None, "same-origin", "none"):
        return False
    origin = request.headers.get("Origin")
    if origin in (None, "null"):
        return True
    return origin in (origin_of(settings.current().public_url), origin_of(request.host_url))


def refuse_foreign_forms() -> None:
    """Refuse a request that changes something and comes from a page of another site."""
    if request.method in SAFE_METHODS or _takes_no_token():
        return
    if not is_from_own_page():
        log.warning("form from elsewhere refused", endpoint=request.endpoint)
        raise ForeignForm


def _takes_no_token() -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    return bool(getattr(view, "takes_no_token", False))


def bind_token() -> None:
    """Give the request the token of its signed-in session; drop one of a session that was here before."""
    if request.endpoint == "static":
        return
    if g.person is not None:
        token = token_of_session(g.person.id, g.session_token)
        if session.get(FIELD) != token:
            session[FIELD] = token
    elif "." in session.get(FIELD, ""):
        session.pop(FIELD)


def token_field() -> Markup:
    """The hidden field of a form that no form class draws."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, generate_csrf())


def refused_form() -> RefusedForm:
    """What to show for the request's form, whose token was refused."""
    drawn_for = _person_of(_sent_token())
    typed = tuple(
        Typed(_label(name), " ".join(texts)) for name, texts in request.form.lists() if _is_typed(name, texts)
    )
    sentences: tuple[str, ...]
    if g.person is None and drawn_for:
        sentences = ("Nothing was done yet. Sign in, then come back to this tab and send it again.",)
        return RefusedForm("You have been signed out", sentences, typed, _fields_again(_sent_token()), True)
    if g.person is None:
        sentences = ("Nothing was done yet. Please open the page again. It needs a browser that takes cookies.",)
        return RefusedForm("This form was open for a long time", sentences, typed)
    if drawn_for == g.person.id:
        again = _fields_again(generate_csrf())
        what_now = "If it is still right, send it now." if again else "Please open the page again."
        why = "After this page was opened you signed in again or changed your password, or twelve hours passed."
        return RefusedForm("Not sent yet", (why, f"Nothing was done yet. {what_now}"), typed, again)
    name = g.person.display_name
    if drawn_for:
        why = f"This page was opened from another account, and {name} is signed in here now."
        sentences = (why, "Nothing was done, in either name. Open the page again as you are now, or sign in as before.")
        return RefusedForm("Somebody else is signed in now", sentences, typed)
    why = f"After this page was opened, {name} signed in here."
    return RefusedForm("Not sent yet", (why, "Nothing was done yet. Please open the page again."), typed)


def token_of_session(person_id: int, session_token: str) -> str:
    """The form token of a signed-in session, before it is signed; it names its person for `refused_form`."""
    key = settings.current().secret_key.encode()
    return f"{person_id}.{hmac.new(key, f'form {session_token}'.encode(), hashlib.sha256).hexdigest()[:32]}"


def _sent_token() -> str:
    """The token that came with the form; fields of a prefixed form carry its prefix."""
    return next((value for name, value in request.form.items() if name.endswith(FIELD)), "")


def _person_of(token: str) -> int:
    """The id of the person in whose session a genuine token was drawn, however old; 0 for nobody or no token."""
    signer = URLSafeTimedSerializer(current_app.secret_key or "", salt=FLASK_WTF_SALT)
    try:
        person_id, found, _ = str(signer.loads(token)).partition(".")
    except BadData:
        return 0
    return int(person_id) if found else 0


def _fields_again(token: str) -> tuple[tuple[str, str], ...] | None:
    """The fields with which the form can be sent again; None where a password or a file would have to be kept."""
    if request.files or any(_bare(name) in NEVER_SHOWN_AGAIN for name in request.form):
        return None
    fields = [(name, value) for name, value in request.form.items(multi=True) if not name.endswith(FIELD)]
    return (*fields, (FIELD, token))


def _bare(name: str) -> str:
    """The name of a field without the prefix of its form."""
    return name.rpartition("-")[2]


def _is_typed(name: str, texts: list[str]) -> bool:
    hidden = name.endswith(FIELD) or _bare(name) in NOT_TYPED + NEVER_SHOWN_AGAIN
    return not hidden and any(text.strip() for text in texts)


def _label(name: str) -> str:
    return _bare(name).replace("_", " ").capitalize()


def install(app: Flask) -> None:
    """Protect every form of this application. After the visitor is identified, whose session the tokens belong to."""
    app.config.update(
        WTF_CSRF_FIELD_NAME=FIELD,
        WTF_CSRF_TIME_LIMIT=FIELD_LASTS,
        WTF_CSRF_SSL_STRICT=False,
        WTF_CSRF_CHECK_DEFAULT=False,  # checked below, but for views that take no token
    )
    app.before_request(bind_token)
    app.before_request(refuse_foreign_forms)
    protection = CSRFProtect(app)

    def check_token() -> None:
        # Where there is no page, there is no form either, and the body stays unread.
        if request.routing_exception is None and not _takes_no_token():
            protection.protect()

    app.before_request(check_token)
    app.jinja_env.globals["csrf"] = token_field
