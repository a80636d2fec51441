"""A sample of each notice of the core, for the page that shows how notices look."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.outbox.samples import TOKEN, Contexts, invented, named


def samples(now: datetime) -> Contexts:
    """What the templates of each kind are given."""
    mara = named("Mara")
    later = now + timedelta(days=2)
    return {
        "invited": {"inviter": mara, "token": TOKEN, "expires_at": later},
        "reset-requested": {"token": TOKEN, "expires_at": now + timedelta(hours=1)},
        "address-wanted": {"token": TOKEN, "expires_at": now + timedelta(days=1)},
        "address-taken": {},
        "address-moved": {"moved_at": now},
        "details-corrected": {
            "by": mara,
            "correction": invented(
                words="date of birth", what=["born_on"], reason="The day and the month were swapped."
            ),
        },
        "has-left": {"departure": invented(last_day=now.date() - timedelta(days=1))},
        "welcomed": {
            "inviter": mara,
            "token": TOKEN,
            "expires_at": later,
            "told": ["You are a volunteer.", "You passed “Listening well”."],
        },
        "message": {
            "writer": mara,
            "message": invented(
                id=3, subject="The chat is quieter this week", text="Fewer people write in the holidays.\n\nThank you."
            ),
            "paragraphs": ["Fewer people write in the holidays.", "Thank you."],
        },
        "conversation": {"writer": mara, "conversation": invented(id=3), "is_answer": False},
        "mail-test": {},
    }
