"""The line that stands for a notice outside its e-mail: under Messages, and on Today.

It is read from the finished e-mail, so that each notice has one wording: its subject, the sentence that mail programs
show beside it (`preheader` in its template), and its main button. Both are fit for a locked screen, and so for a shared
one.
"""

from __future__ import annotations

from email.message import EmailMessage
from html.parser import HTMLParser
from typing import NamedTuple
from urllib.parse import urlsplit

from app import settings

PREHEADER = "preheader"  # the class of its element in templates/layout/email.html
MAIN_BUTTON = "go"  # the class that `buttons` of templates/layout/email_kit.html gives the first one


class Line(NamedTuple):
    """What is said of a notice in one line, and the page on which something can be done, if there is one."""

    title: str
    words: str
    button: str
    path: str


class _Parts(HTMLParser):
    """Collects the preheader and the first main button of an e-mail."""

    def __init__(self) -> None:
        super().__init__()
        self.words = self.button = self.address = ""
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        classes = (given.get("class") or "").split()
        if tag == "div" and PREHEADER in classes:
            self._inside = "words"
        elif tag == "a" and MAIN_BUTTON in classes and not self.address:
            self._inside, self.address = "button", given.get("href") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag in ("div", "a"):
            self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside == "words":
            self.words += data
        elif self._inside == "button":
            self.button += data


def line_of(email: EmailMessage) -> Line:
    """The line of a finished e-mail. A button that leads elsewhere than to Nightlight is left out."""
    body = email.get_body(("html",))
    parts = _Parts()
    parts.feed(body.get_content() if body is not None else "")
    path = _own_path(parts.address)
    return Line(_one_line(str(email["Subject"])), _one_line(parts.words), _one_line(parts.button) if path else "", path)


def _own_path(address: str) -> str:
    """The path of an address of ours, without scheme and host; empty for any other."""
    parts, own = urlsplit(address), urlsplit(settings.current().public_url)
    if (parts.scheme, parts.netloc) != (own.scheme, own.netloc):
        return ""
    return parts._replace(scheme="", netloc="").geturl() or "/"


def _one_line(text: str) -> str:
    return " ".join(text.split())
