"""Reading pages as a browser without scripts would: words, links, and forms that are filled in and sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin
from xml.etree.ElementTree import Element

import html5lib
from flask.testing import FlaskClient


@dataclass
class Form:
    """A form on a page: where it goes, and every field with the values on offer."""

    action: str
    method: str
    fields: dict[str, list[str]] = field(default_factory=dict)  # what would be sent as it stands
    offered: dict[str, list[str]] = field(default_factory=dict)  # every value that could be picked
    words: str = ""


class Reader:
    """Somebody reading with a browser that runs no scripts. Every page must be valid HTML."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.address = "/"
        self.status = 0
        self.page: Any = None

    def open(self, address: str) -> Reader:
        return self._took(self.client.get(address, follow_redirects=True), address)

    def press(self, button: str, /, **answers: str | list[str]) -> Reader:
        """Send the form whose button reads so, with these answers put in."""
        found = self.form(button)
        sent = {**found.fields, **{name: [one] if isinstance(one, str) else one for name, one in answers.items()}}
        if found.method == "get":
            return self._took(self.client.get(found.action, query_string=sent, follow_redirects=True), found.action)
        return self._took(self.client.post(found.action, data=sent, follow_redirects=True), found.action)

    def form(self, button: str) -> Form:
        """The one form on the page with this button."""
        found = [one for one in map(self._form, self.page.iter("form")) if button in one.words]
        assert len(found) == 1, f"{len(found)} forms with “{button}” on {self.address}: {self.text}"
        return found[0]

    def follow(self, words: str) -> Reader:
        """Follow the one link that reads so."""
        found = {urljoin(self.address, one.get("href")) for one in self.page.iter("a") if words in _words(one)}
        assert len(found) == 1, f"{len(found)} links “{words}” on {self.address}: {self.text}"
        return self.open(found.pop())

    @property
    def text(self) -> str:
        return _words(next(self.page.iter("main")))

    @property
    def heading(self) -> str:
        return _words(next(self.page.iter("h1")))

    def _took(self, answer: Any, address: str) -> Reader:
        self.address = answer.request.path if answer.request else address
        self.status = answer.status_code
        parser = html5lib.HTMLParser(namespaceHTMLElements=False)
        self.page = parser.parse(answer.text)
        assert parser.errors == [], f"{self.address}: {parser.errors}"
        ids = [one.get("id") for one in self.page.iter() if one.get("id")]
        assert len(ids) == len(set(ids)), f"{self.address} names an id twice: {ids}"
        return self

    def _form(self, form: Element) -> Form:
        made = Form(urljoin(self.address, form.get("action") or ""), form.get("method", "get"), words=_words(form))
        made.action = made.action or self.address
        for one in form.iter():
            name = one.get("name")
            if one.tag == "input" and name:
                value = one.get("value", "on")
                made.offered.setdefault(name, []).append(value)
                picked = one.get("type") not in ("radio", "checkbox") or one.get("checked") is not None
                if picked and one.get("type") != "submit":
                    made.fields.setdefault(name, []).append(value)
            elif one.tag == "select" and name:
                values = [option.get("value", "") for option in one.iter("option")]
                made.offered.setdefault(name, []).extend(values)
                made.fields.setdefault(name, []).append(values[0])
        return made


def _words(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())
