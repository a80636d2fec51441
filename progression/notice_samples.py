"""A sample of each notice about where people stand, for the page that shows how notices look."""

from __future__ import annotations

from datetime import datetime, timedelta

from app import settings
from app.outbox.samples import Contexts, invented, named
from progression.stages import Stage


def samples(now: datetime) -> Contexts:
    """What the templates of each kind are given."""
    return {**_decisions(now), **_records(now), **_branches_and_words(now)}


def _decisions(now: datetime) -> Contexts:
    mara, tomas = named("Mara"), named("Tomas", 8)
    volunteer = Stage.VOLUNTEER
    reason = "You were calm when it mattered, and you asked for help in time."
    applied = {"person": tomas, "stage": volunteer}
    return {
        "signed-off": {"by": mara, "stage": volunteer, "reason": reason},
        "not-yet": {
            "by": mara,
            "stage": volunteer,
            "reason": "Two more nights beside somebody, and then we look again.",
            "missing": [invented(title="Two shifts beside a lead", how="Take a shift beside somebody.")],
        },
        "signature-given": {"by": mara, "stage": volunteer, "wanted": 1},
        "signature-wanted": {"by": mara, "person": tomas, "stage": volunteer},
        "step-confirmed": {"by": mara, "stage": volunteer},
        "step-reopened": {"by": mara, "person": tomas, "stages": [volunteer]},
        "stepped-back": {"by": mara, "stage": Stage.PEER, "reason": "We spoke about it on Monday."},
        "ready-for-sign-off": applied,
        "step-applied": applied,
        "application-questioned": {"by": mara, "stage": volunteer},
        "application-answered": applied,
    }


def _records(now: datetime) -> Contexts:
    mara, tomas = named("Mara"), named("Tomas", 8)
    soon = now.date() + timedelta(days=14)
    check = invented(
        renewal=invented(title="Listening well", minutes=20, opens_at=None),
        lapse=invented(last_day=soon, need=invented(how="Take the refresher.", within=None)),
        by_themselves=True,
        pages=[invented(title="Listening well", href="/learning/listening")],
    )
    seen = invented(
        renewal=invented(title="A background check", minutes=None, opens_at=None),
        lapse=invented(last_day=soon, need=invented(how="Staff see the document.", within=None)),
        by_themselves=False,
        pages=[],
    )
    return {
        "evidence-withdrawn": {
            "by": mara,
            "title": "Listening well",
            "withdrawn": invented(happened_at=now - timedelta(days=40)),
            "reason": "It was recorded for the wrong person.",
            "stages": [Stage.VOLUNTEER],
        },
        "new-requirement": {"title": "Talking about loss", "how": "Take the course under Learning.", "until": soon},
        "agree-again": {
            "document": invented(title="How we keep people safe", key="safeguarding"),
            "edition": invented(
                what_changed="Whom to ring at night.",
                why="The number has changed.",
                what_it_means="Save the new number.",
            ),
            "agree_by": soon,
            "is_reminder": False,
        },
        "observation-written": {"by": mara, "fact": invented(id=3, happened_at=now - timedelta(days=1))},
        "record-answered": {"person": tomas, "fact": invented(id=3)},
        "lapses-ahead": {"lines": [check, seen], "home_page": settings.current().public_url.rstrip("/")},
        "lapses-to-record": {"lines": [("Tomas", 8, seen)]},
    }


def _branches_and_words(now: datetime) -> Contexts:
    mara = named("Mara")
    lead = invented(words="lead")
    branch = invented(title="Leading shifts", what="You look after those who are on a shift with you.")
    return {
        "suggestions-wait": {},
        "suggestion-answered": {"made_at": now - timedelta(days=3)},
        "pulse-open": {
            "pulse": invented(id=3, questions=["", "", ""], last_day=now.date() + timedelta(days=7)),
            "is_reminder": False,
        },
        "news": {
            "by": mara,
            "news": invented(
                id=3,
                title="Late shifts end at 02:00",
                why="Few people write after two.",
                for_you="Your shifts are shorter.",
                asked="Everybody who leads shifts",
            ),
        },
        "branch-joined": {"by": mara, "branch": branch, "duties": [lead], "reason": "Everybody feels safe with you."},
        "branch-ended": {"by": mara, "branch": branch, "duties": [lead], "reason": "You asked for a pause."},
        "thanked": {"name": "Mara", "words": "Thank you for staying on until it was over."},
    }
