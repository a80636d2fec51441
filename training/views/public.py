"""Pages without sign-in: whether a certificate is real, and the public keys to check it with."""

from __future__ import annotations

from datetime import timedelta

from flask import Response, g, jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import clock, db, settings
from app.pages import asked
from app.people import rate_limits
from app.permissions import public
from app.refusals import NotFound
from training import badges, certificate_codes, certificates, signing_keys, status_list
from training.certificates import CertificateStatus
from training.forms import CodeForm
from training.views.blueprint import public_bp

KEPT_FOR = "public, max-age=600"  # a withdrawal should be known within minutes; a key hardly ever changes


@public_bp.get("/verify")
@public
def ask() -> ResponseReturnValue:
    form = CodeForm(asked.in_address(), meta={"csrf": False})
    if form.code.data:
        return redirect(url_for("public.verify", code=certificate_codes.parse(form.code.data) or form.code.data))
    return _not_indexed(make_response(render_template("training/verify_ask.html", form=form)))


@public_bp.get("/verify/<code>")
@public
def verify(code: str) -> ResponseReturnValue:
    place = request.remote_addr or "unknown"
    with db.writing():
        rate_limits.count(rate_limits.VERIFY_PER_IP, place, now=clock.now())
    rate_limits.check(rate_limits.VERIFY_PER_IP, place, now=g.now)
    checked = certificates.check(code, now=g.now)
    page = render_template("training/verify.html", checked=checked, a_moment=timedelta(seconds=1))
    return _not_indexed(make_response(page, 404 if checked.status is CertificateStatus.NOT_OURS else 200))


@public_bp.get("/.well-known/jwks.json")
@public
def all_keys() -> ResponseReturnValue:
    chosen = settings.current()
    keys = signing_keys.all_keys(chosen.keys)
    # Clients of a key set look for the `kid` that a credential names, which is the key's address; the short id stays
    # for those who looked a key up by it.
    by_address = [key.jwk(badges.key_url(chosen.public_url, key.kid)) for key in keys]
    return _for_machines(jsonify(keys=[*by_address, *(key.jwk() for key in keys)]))


@public_bp.get("/.well-known/keys/<kid>")
@public
def one_key(kid: str) -> ResponseReturnValue:
    chosen = settings.current()
    key = signing_keys.find(chosen.keys, kid)
    if key is None:
        raise NotFound("We have never signed with a key of that name.")
    return _for_machines(jsonify(key.jwk(badges.key_url(chosen.public_url, key.kid))))


@public_bp.get("/.well-known/issuer.json")
@public
def issuer() -> ResponseReturnValue:
    chosen = settings.current()
    return _for_machines(jsonify(badges.issuer(chosen.public_url, chosen.organisation)))


@public_bp.get("/.well-known/status/<int:number>")
@public
def withdrawn(number: int) -> ResponseReturnValue:
    chosen = settings.current()
    signed = status_list.signed(
        number,
        certificates.revoked_positions(number),
        newest=certificates.newest_status_list(),
        public_url=chosen.public_url,
        organisation=chosen.organisation,
        key=signing_keys.current(chosen.keys, now=clock.now()),
        now=clock.now(),
    )
    return _for_machines(Response(signed, mimetype="application/jwt"))


def _not_indexed(response: Response) -> Response:
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _for_machines(response: Response) -> Response:
    response.headers["Cache-Control"] = KEPT_FOR
    # Other organisations check from browsers, on other sites; these answers are public and the same for everybody.
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
