"""No page and no e-mail tells a person to ask somebody without a way to do it."""

from __future__ import annotations

import re
from pathlib import Path

from tests.architecture.source import ROOT, files

ASKS = re.compile(
    r"\b(?:ask|tell|talk (?:to|with)|speak (?:to|with)|turn to|write to)\s+"
    r"(?:(?:your|a|an|another|the|one of the|somebody who)\s+)+"
    r"(?:coordinators?|trainers?|assessors?|administrators?|members? of staff|leads?|plans)\b"
    r"|\bcoordinator can help\b",
    re.IGNORECASE,
)
WAY = re.compile(
    r"\bask\(|write_to\(|pages\.ask|conversations\.write|write_to_lead|rota\.duty|pages\.support|contact\(|tel:|board\.href"
)
NEAR = 6  # lines before and after: a part of a page

# What tells to ask without a link beside it, and why.
NO_LINK_BESIDE = {
    "templates/rota/shift.html": "the button “Whom to call” stands below all of these sentences",
    "templates/home/privacy.html": "it says who reads what is written, and tells nobody to write",
    "templates/home/support.html": "the lead of one’s shift is there, and the next point names who is on call",
}


def without_a_way(path: Path) -> list[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    text, starts, found = "\n".join(lines), [0], []
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    for match in ASKS.finditer(text):
        at = next(number for number, start in enumerate(starts) if start > match.start()) - 1
        around = "\n".join(lines[max(0, at - NEAR) : at + NEAR + 1])
        if not WAY.search(around):
            found.append(" ".join(match[0].split()))
    return found


def test_every_page_that_says_to_ask_offers_the_way() -> None:
    found = {
        name: phrases
        for path in files("templates", ".html")
        if not (name := path.relative_to(ROOT).as_posix()).startswith("templates/notices/")
        and (phrases := without_a_way(path))
    }
    assert {name: phrases for name, phrases in found.items() if name not in NO_LINK_BESIDE} == {}
    assert set(NO_LINK_BESIDE) <= set(found), "an exception that is none any more"


def test_every_e_mail_that_says_to_ask_offers_the_way() -> None:
    """The foot of every HTML e-mail has the link; a text has its own."""
    assert "pages.ask" in (ROOT / "templates/layout/email.html").read_text(encoding="utf-8")
    for path in files("templates/notices", ".txt"):
        text = path.read_text(encoding="utf-8")
        assert not ASKS.search(text) or WAY.search(text), path.parent.name


def test_a_page_without_a_way_would_be_seen(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("<p>If it is not right, ask your coordinator.</p>", encoding="utf-8")
    assert without_a_way(page) == ["ask your coordinator"]
