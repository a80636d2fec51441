"""The heartbeat to an address outside: its silence tells a service elsewhere that nobody here can tell any more."""

from __future__ import annotations

import http.client
import socket
from urllib.parse import urlsplit

TIMEOUT = 5  # seconds for each step; a watcher that does not answer must not hold up a worker


class NotReached(Exception):
    """The address could not be called, or did not answer with a 2xx status; `code` says why, without the address."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def call(url: str) -> str | None:
    """Ask for an address once and return the Date header of its answer. A redirect is not followed: it is a failure."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    secure = parts.scheme == "https"
    connection = (http.client.HTTPSConnection if secure else http.client.HTTPConnection)(
        host, parts.port, timeout=TIMEOUT
    )
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request("GET", path, headers={"User-Agent": "nightlight"})
        answer = connection.getresponse()
        answer.read(4096)
    except (OSError, http.client.HTTPException, socket.gaierror) as error:
        raise NotReached(type(error).__name__) from None
    finally:
        connection.close()
    if not 200 <= answer.status < 300:
        raise NotReached(f"status {answer.status}")
    return answer.getheader("Date")
