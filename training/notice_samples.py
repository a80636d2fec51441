"""A sample of each notice of training, for the page that shows how notices look."""

from __future__ import annotations

from datetime import datetime, timedelta

from app import settings
from app.outbox.samples import Contexts, invented, named


def samples(now: datetime) -> Contexts:
    """What the templates of each kind are given."""
    return {**_courses(now), **_practicals(now), **_sessions(now)}


def _courses(now: datetime) -> Contexts:
    soon, far = now.date() + timedelta(days=14), now.date() + timedelta(days=365)
    course = {"title": "Listening well", "code": "listening"}
    asked = {**course, "by": "Mara", "minutes": 40, "due_on": soon}
    lapsing = {**course, "valid_until": soon, "minutes": 20}
    writer = named("Mara")
    return {
        "certificate-issued": {
            "title": "Listening well",
            "completion": invented(completed_at=now, valid_until=far),
            "certificate": invented(id=3),
        },
        "elsewhere-decided": {
            "by": writer,
            "course_title": "Listening well",
            "row": invented(
                id=3,
                state="accepted",
                title="Mental health first aid",
                issuer="another organisation",
                counts_until=far,
                reason="It covers the same things.",
            ),
        },
        "another-try": {**course, "giver": "Mara", "unit_title": "What would you say?", "slug": "what-would-you-say"},
        "part-asked-again": {
            **course,
            "catch_up": invented(
                updates=[invented(what="There is a new chapter on loss, because people asked for it.")],
                units=[invented(title="Talking about loss")],
                minutes=10,
                holds_until=soon,
                lasts_until=far,
            ),
        },
        "training-lapses": lapsing,
        "taken-over-training-lapses": lapsing,
        "course-assigned": asked,
        "course-due": {**asked, "is_over": False},
        "courses-to-do": {
            "by": "Mara",
            "courses": [
                (invented(title="Listening well", code="listening", state="due", day=soon, begun=False), 40),
                (invented(title="Keeping people safe", code="safe", state="lapsing", day=soon, begun=True), 20),
            ],
        },
        "guided-part-open": {
            **course,
            "part": invented(number=2, title="Silence", minutes=25),
            "parts": 4,
            "leader": "Mara",
            "is_last": False,
            "next_opens_on": soon,
        },
        "guided-note": {**course, "writer": writer, "paragraphs": ["We meet on Tuesday.", "Bring a question."]},
    }


def _practicals(now: datetime) -> Contexts:
    unit = {
        "title": "Listening well",
        "code": "listening",
        "unit_title": "A first conversation",
        "slug": "a-first-conversation",
    }
    meeting = invented(id=3, meet_at=now + timedelta(days=2), meet_where="By telephone: Mara rings you.")
    return {
        "practicals-wait": {"waiting": 2, "days": 3},
        "conversation-arranged": {**unit, "by": "Mara", "row": meeting},
        "conversation-called-off": {**unit, "by": "Mara", "is_learner": True},
        "practical-marked": {**unit, "passed": True},
        "practical-answered": {**unit, "by": "Tomas", "is_learner": False, "row": meeting},
        "mark-withdrawn": {**unit, "waits": True},
    }


def _sessions(now: datetime) -> Contexts:
    starts_at = now.replace(hour=18, minute=0, second=0, microsecond=0) + timedelta(days=1)
    live = invented(
        id=3,
        title="An evening about loss",
        place=None,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=90),
        cancel_reason="The speaker is ill. There is a new date in March.",
    )
    session = {"home": settings.current().zone, "live": live}
    return {
        "session-place": session,
        "session-changed": {**session, "waits": False},
        "session-cancelled": {**session, "by": "Mara"},
        "session-to-lead": session,
        "sessions-without-leader": {"home": settings.current().zone, "sessions": [live]},
        "session-reminder": {**session, "is_soon": False, "leads": False},
    }
