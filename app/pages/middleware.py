"""The outermost layer of the application, around Flask: host names, and an answer when an error page itself fails.

Flask refuses a host before it can draw a page, and what fails in its error pages reaches the web server, which logs the
address of the request, with any one-time token in it. Neither happens behind this layer.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import structlog
from werkzeug.sansio.utils import host_is_trusted

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = structlog.get_logger()

FOR_ANOTHER_HOST = "nightlight.for_another_host"
LAST_RESORT = b"""<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Something went wrong on our side</title></head>
<body><h1>Something went wrong on our side</h1>
<p>It is not your fault. Please try again in a moment.</p><p><a href="/">Go to Today</a></p></body>
</html>
"""


def is_for_another_host(environ: WSGIEnvironment) -> bool:
    """Whether the request named a host that is not ours."""
    return bool(environ.get(FOR_ANOTHER_HOST))


class OwnHostsOnly:
    """Lets Flask see hosts of ours only, in lower case; of another the request is marked, for a refusal in words.

    `hosts` are the names that count as ours, whatever the port; None takes every name that is well formed.
    """

    def __init__(self, application: WSGIApplication, *, public_url: str, hosts: Collection[str] | None) -> None:
        self.application = application
        self.hosts = hosts
        self.own = urlsplit(public_url).netloc

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        named = environ.get("HTTP_HOST", "").lower()
        is_ours = not named or host_is_trusted(named, self.hosts)
        environ["HTTP_HOST"] = named if named and is_ours else self.own
        environ[FOR_ANOTHER_HOST] = not is_ours
        return self.application(environ, start_response)


class LastResort:
    """Answers with a plain page when the application raises, and logs no address; under a test the test fails."""

    def __init__(
        self, application: WSGIApplication, *, headers: Callable[[], Mapping[str, str]], testing: bool
    ) -> None:
        self.application = application
        self.headers = headers
        self.testing = testing

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        try:
            return self.application(environ, start_response)
        except Exception:
            if self.testing:
                raise
            log.exception("error page failed")
            headers = [
                ("Content-Type", "text/html; charset=utf-8"),
                ("Cache-Control", "no-store"),
                *self.headers().items(),
            ]
            start_response("500 Internal Server Error", headers, sys.exc_info())
            return [LAST_RESORT]
