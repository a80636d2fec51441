"""Odd requests, drawn from a seed: any route, any sender, and values of every wrong kind in every place."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from urllib.parse import quote, urljoin, urlsplit

import html5lib
from werkzeug.routing import Rule

from tests.times import TODAY

FORM, PARTS = "application/x-www-form-urlencoded", "multipart/form-data"
ODD = (
    "", " ", "0", "1", "2", "7", "-1", "01", "1.5", "1e9", "NaN", "inf", "2147483647", "2147483648", "9" * 20,
    "9" * 5000,
    "٣", "²", "x", "true", "None", "null", "[]", "{}", "\x00", "a\x00b", "\n", "\r\n: x", "%0a", "%", "%zz",
    "..", "../..",
    "//elsewhere.example", "/\\elsewhere", "http://[::1", "javascript:x", "<script>", "'; --", '"', "\\", "{{7*7}}",
    "\x1b[31m", "\ufeff", "\u202e", "\u034f", "\u3164", "\U0001f469\u200d\U0001f4bb", "é", "e\u0301", "\ud7ff",
    "\uffff",
    "İ", "ß", "x" * 61, "x" * 300, "ü" * 4100, "a b", "a@b", "a@b.example", "+44 7700 900123", "Europe/London",
    "Nowhere/X",
    "2027-03-01", "2027-02-30", "9999-12-31", "0001-01-01", "24:00", "23:59", "18:00", "00:00", "hard",
    "pathway", "lead",
    "conflict", "peer", "staff", "sign-off", "not-yet", "can", "leave", "board", "y", "all",
)  # fmt: skip
DAYS = (date.min, date.max, TODAY - timedelta(days=1), TODAY, TODAY + timedelta(days=40), TODAY + timedelta(days=900))
POLICIES = (
    "[" * 900, "a: &a [1]\nb: [*a, *a]", "".join(f"k{n}: 1\n" for n in range(3000)), "a: 1\na: 2",
    'name: "\\uD800"',
    "name: \"\\0\"", "a: .inf", "a: 1" + ":59" * 900, "? [a]\n: b", "- - - - -", "\ttab",
    "name: !!python/name:os.system",
)  # fmt: skip
WORDS = (
    "from",
    "week",
    "seat",
    "page",
    "name",
    "next",
    "go",
    "all",
    "fixes",
    "code",
    "as_on",
    "holds_from",
    "q",
    "\x00",
)
FIELDS = (
    "person_id", "seen", "reason", "email", "password", "current", "display_name", "phone", "zone_name",
    "legal_name", "once",
    "to", "decision", "note", "why", "document", "compared", "keep", "compare", "picked", "step", "position",
    "choice",
    "after", "role", "title", "channels", "weekdays", "week-weekdays", "week-starts", "leave-starts",
    "leave-ends", "day-day",
    "day-kind", "starts", "ends", "days", "label", "lead", "host", "kind", "next", "from", "edition",
    "gaps_read", "line",
)  # fmt: skip
HEADERS: Mapping[str, Sequence[str]] = {
    "Host": ("LOCALHOST", "localhost:1", "elsewhere.example", "[::1", "a" * 3000, "\x1b[31m", "loc alhost", "."),
    "Referer": ("http://[::1", "http://localhost//x", "javascript:x", "x" * 5000, "http://localhost/rota/1?week=1"),
    "Origin": ("null", "http://[", "https://elsewhere.example", "http://localhost"),
    "Accept": ("application/json", "*/*;q=x", ",,,;;", "text/html;q=" + "9" * 400, "\xff"),
    "Accept-Language": ("\xff", "x" * 2000),
    "Cookie": ("nightlight=\x80; nightlight-page=a.b.c", "nightlight=" + "x" * 4000, "=;=;", 'nightlight="\\000"'),
    "User-Agent": ("", "x" * 4000, "\x1b[31m\xff"),
    "Content-Length": ("-1", "x", "9" * 300, ""),
    "Content-Type": ("application/json", "text/plain", PARTS, PARTS + "; boundary=" + "x" * 400,
    FORM + "; charset=utf-7", "\xff"),
    "Transfer-Encoding": ("chunked", "x"),
    "X-Forwarded-For": ("1.2.3.4, x", "\xff" * 300, ""),
    "X-Forwarded-Proto": ("javascript", "https, http"),
    "If-None-Match": ("*", "\xff"),
    "Range": ("bytes=0-", "bytes=-9999999999999999999999"),
    "Sec-Fetch-Site": ("cross-site", "same-origin", "\xff"),
}  # fmt: skip
NAMES_OF_DAYS = ("_on", "day", "starts", "ends", "from", "week")
METHODS = ("GET", "POST", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND", "QUERY")


@dataclass
class OddRequest:
    """One request, as the test client takes it."""

    method: str
    path: str
    query: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    kind: str = ""
    body: bytes = b""


@dataclass(frozen=True)
class SentForm:
    """A form that a page offered: where it goes, and what it would send."""

    action: str
    values: tuple[tuple[str, str], ...]


class Sender:
    """Draws requests from a seed, and learns forms from the pages that come back."""

    def __init__(self, seed: int, rules: Sequence[Rule], tokens: Sequence[str]) -> None:
        self.chance = random.Random(seed)
        self.rules = [rule for rule in rules if not rule.endpoint.startswith("static")]
        self.tokens = tokens
        self.forms: dict[str, SentForm] = {}

    def next(self) -> OddRequest:
        """One more request."""
        if self.forms and self.chance.random() < 0.4:
            drawn = self._from_form(self.chance.choice(list(self.forms.values())))
        else:
            drawn = self._to_route(self.chance.choice(self.rules))
        for name in self.chance.sample(list(HEADERS), self.chance.choice((0, 0, 0, 1, 1, 3))):
            drawn.headers[name] = self.chance.choice(HEADERS[name])
        return drawn

    def learn(self, address: str, page: str) -> None:
        """Keep the forms of a page, the newest of each address."""
        tree = html5lib.parse(page, namespaceHTMLElements=False)
        for found in tree.iter("form"):
            action = urljoin(address, found.get("action") or address)
            values = [pair for each in found.iter() if (pair := _value(each)) is not None]
            if found.get("method") == "post":
                self.forms[action] = SentForm(action, tuple(values))

    def _to_route(self, rule: Rule) -> OddRequest:
        path = "".join(quote(self._part(data)) if is_dynamic else data for is_dynamic, data in rule._trace)
        path = path.partition("|")[2]
        if self.chance.random() < 0.02:
            path += self.chance.choice(("/", "%00", "%0a", "%ff", "//", "/..", "%3f", b"\x1b".hex()))
        offered = sorted((rule.methods or set()) & {"GET", "POST"}) or ["GET"]
        method = self.chance.choice(offered) if self.chance.random() < 0.9 else self.chance.choice(METHODS)
        drawn = OddRequest(method, path, self._query())
        if method not in ("GET", "HEAD"):
            names = self.chance.sample(FIELDS, self.chance.randint(0, 6))
            self._fill(drawn, [(name, self._text(name)) for name in names for _ in range(self._times(name))])
        return drawn

    def _from_form(self, form: SentForm) -> OddRequest:
        values = list(form.values)
        for _ in range(self.chance.choice((0, 1, 1, 2, 5))):
            if values:
                place = self.chance.randrange(len(values))
                values[place] = (values[place][0], self._text(values[place][0]))
        if values and self.chance.random() < 0.2:
            del values[self.chance.randrange(len(values))]
        if values and self.chance.random() < 0.2:
            values.append(self.chance.choice(values))
        parts = urlsplit(form.action)
        drawn = OddRequest("POST", parts.path, parts.query)
        self._fill(drawn, values)
        return drawn

    def _fill(self, drawn: OddRequest, values: Sequence[tuple[str, str]]) -> None:
        """Put values into the body, mostly as a browser would."""
        encoded = "&".join(f"{quote(name)}={quote(value)}" for name, value in values).encode()
        drawn.kind, drawn.body = FORM, encoded
        match self.chance.randrange(25):
            case 0 | 1 | 2 | 3:
                drawn.kind = f"{PARTS}; boundary=x"
                drawn.body = (
                    b"".join(_part(name, value, self.chance.random() < 0.1) for name, value in values) + b"--x--\r\n"
                )
            case 4:
                drawn.kind, drawn.body = "application/json", b'{"email": "\\ud800", "seen": [1], "picked": {"a": null}}'
            case 5:
                drawn.body = encoded + b"&a" * 5000
            case 6:
                drawn.body = encoded + b"&reason=" + b"x" * self.chance.choice((65_000, 70_000, 1_200_000, 2_200_000))
            case 7:
                drawn.body = encoded + b"&email=\xff\xfe&note=%ed%a0%80%ff&%00=%00"
            case 8:
                drawn.kind, drawn.body = (
                    f"{PARTS}; boundary=x",
                    b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n',
                )

    def _query(self) -> str:
        names = self.chance.choices(WORDS, k=self.chance.choice((0, 0, 1, 1, 2, 4)))
        query = "&".join(f"{quote(name)}={quote(self._text(name))}" for name in names)
        return query + self.chance.choice(("", "", "", "", "&%ff=%ff", "&" * 700, "&x=" + "y" * 5000))

    def _part(self, name: str) -> str:
        if name in ("token", "code", "kid") and self.chance.random() < 0.5:
            return self.chance.choice(self.tokens)
        if name.endswith("_id") or name == "number":
            return str(self.chance.randint(0, 12)) if self.chance.random() < 0.8 else self.chance.choice(ODD) or "x"
        known = {
            "code": "conflict",
            "slug": "why",
            "role": "lead",
            "name": self.chance.choice(("pathway", "rota-rules")),
        }
        return known[name] if name in known and self.chance.random() < 0.6 else self.chance.choice(ODD) or "x"

    def _text(self, name: str) -> str:
        if name == "document" and self.chance.random() < 0.7:
            return self.chance.choice(POLICIES)
        if (
            any(part in name for part in ("_on", "day", "starts", "ends", "from", "week"))
            and self.chance.random() < 0.6
        ):
            day = self.chance.choice(DAYS)
            parts = (str(day.day), str(day.month), str(day.year))
            return self.chance.choice((day.isoformat(), f"{day:%d/%m/%y}", *parts))
        return self.chance.choice(ODD)

    def _times(self, name: str) -> int:
        return (
            3
            if name.endswith(("_on", "day-day", "leave-starts", "leave-ends"))
            else self.chance.choice((1, 1, 1, 2, 5))
        )


def _part(name: str, value: str, is_file: bool) -> bytes:
    quoted = name.replace('"', "%22").replace("\r", "").replace("\n", "")
    file = f'; filename="{quoted}.csv"\r\nContent-Type: text/csv' if is_file else ""
    return f'--x\r\nContent-Disposition: form-data; name="{quoted}"{file}\r\n\r\n{value}\r\n'.encode()


def _value(element: object) -> tuple[str, str] | None:
    """The name and the value with which a field would be sent; None for what is no field."""
    name = element.get("name")  # type: ignore[attr-defined]  # html5lib has no types
    match element.tag:  # type: ignore[attr-defined]  # as above
        case "input":
            return (name, element.get("value", "on")) if name else None  # type: ignore[attr-defined]  # as above
        case "textarea":
            return (name, "".join(element.itertext())) if name else None  # type: ignore[attr-defined]  # as above
        case "select":
            chosen = [each.get("value", "") for each in element.iter("option")]  # type: ignore[attr-defined]  # as above
            return (name, chosen[0]) if name and chosen else None
    return None
