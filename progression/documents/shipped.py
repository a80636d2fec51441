"""The documents that people agree to, and the first edition of each, which ships with Nightlight.

A text that a release carried is edition 1 and is never changed: people have agreed to its words. An organisation
publishes its own editions after it (`publishing`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from app.refusals import NotFound

TEXTS = Path(__file__).with_name("texts")
FIRST = 1
"""The number of the edition that ships."""


@dataclass(frozen=True, slots=True)
class Document:
    """One document: its key in evidence (`accepted:<key>`) and addresses, its title, and what it is for."""

    key: str
    title: str
    about: str


CODE_OF_CONDUCT = Document("code-of-conduct", "The code of conduct", "How we look after members, and each other.")
COMMUNITY_GUIDELINES = Document(
    "community-guidelines", "Community guidelines", "What belongs in our spaces, and how posts are handled."
)
CONFIDENTIALITY = Document(
    "confidentiality",
    "Confidentiality and personal information",
    "What you keep to yourself, what you must pass on, and how you take care of it.",
)

DOCUMENTS = (CODE_OF_CONDUCT, COMMUNITY_GUIDELINES, CONFIDENTIALITY)


def document_called(key: str) -> Document:
    """The document of this key; refuses an unknown one."""
    found = next((each for each in DOCUMENTS if each.key == key), None)
    if found is None:
        raise NotFound("There is no such document. All of them are listed under Documents.")
    return found


@cache
def shipped_text(document: Document) -> str:
    """The text of the edition that ships."""
    return (TEXTS / f"{document.key}.{FIRST}.md").read_text(encoding="utf-8")
