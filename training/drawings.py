"""The drawings that a lesson may show, by the name that its text places them with."""

from __future__ import annotations

DRAWINGS = frozenset(
    {
        "a-disclosure-conversation",
        "levels-of-risk",
        "steps-of-an-argument",
        "what-happens-after-the-alarm",
        "whom-to-tell",
    }
)
