"""The drawings that a lesson may show, by the name that its text places them with."""

from __future__ import annotations

DRAWINGS = frozenset({"steps-of-an-argument", "whom-to-tell", "a-disclosure-conversation"})
