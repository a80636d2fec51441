"""Names of people: one rule for a display name, one for a legal name, and whether a name is somebody else's.

Pages, imports and commands all ask here. Two names are the same if people would read them as the same
(`typed_text.compare_key`, kept in a unique column); a name that only looks like another's is refused too. The shapes of
characters come from Unicode's table of confusables (UTS 39, section 4), which changes with every version: they are
compared when a name is taken, and never stored.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from functools import cache, lru_cache

from confusable_homoglyphs.confusables import confusables_data
from sqlalchemy import select

from app import db
from app.people.models import Person
from app.refusals import Conflict
from app.typed_text import compare_key, name_line, one_line

LONGEST_DISPLAY_NAME = 60  # characters
LONGEST_LEGAL_NAME = 120

LEFT_TO_RIGHT_MARK = "\u200e"  # the table puts it around characters that are written from right to left


def display_name(typed: str) -> str:
    """The display name that is kept for what was typed; refuses an empty, long or unreadable one."""
    return name_line(typed, what="A display name", longest=LONGEST_DISPLAY_NAME, field="display_name")


def legal_name(typed: str | None) -> str | None:
    """The legal name that is kept for what was typed, None for nothing; refuses a long or unreadable one."""
    if not typed or not one_line(typed):
        return None
    return name_line(typed, what="A legal name", longest=LONGEST_LEGAL_NAME, field="legal_name")


class NamesInUse:
    """The display names of everybody, by what they are read as and by what they look like.

    Make one inside the transaction that takes names, under `directory.ACCOUNT_NAMES_LOCK`.
    """

    def __init__(self) -> None:
        self._holders: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for person_id, name in db.session.execute(select(Person.id, Person.display_name)):
            self.add(person_id, name)

    def add(self, person_id: int, name: str) -> None:
        """Note that a person has this name."""
        for key in keys_of(name):
            self._holders[key].append((person_id, name))

    def holder(self, name: str, *, except_for: int | None = None) -> tuple[int, str] | None:
        """Another person whose name is read like this one or looks like it, and their name; or None."""
        for key in sorted(keys_of(name)):
            for person_id, theirs in self._holders.get(key, ()):
                if person_id != except_for:
                    return person_id, theirs
        return None

    def refuse_taken(self, name: str, *, except_for: int | None = None) -> None:
        """Refuse a name that is another person's, or that could be taken for it."""
        if holder := self.holder(name, except_for=except_for):
            raise Conflict(taken(name, holder[1]), field="display_name")


def taken(name: str, theirs: str) -> str:
    """The sentence for a name that is too like that of somebody else."""
    if name == theirs:
        return f"There is already somebody called {theirs}. Please add something that tells you apart."
    if compare_key(name) == compare_key(theirs):
        return f"“{name}” is read like “{theirs}”, who is here already. Please add something that tells them apart."
    return f"“{name}” looks like “{theirs}”, who is here already. Please add something that tells them apart."


@lru_cache(maxsize=20_000)
def keys_of(name: str) -> frozenset[str]:
    """Everything that another name must not share: how it is read, and how it looks as typed and in each case."""
    key = compare_key(name)
    # Capitals have shapes of their own: Cyrillic т is no Latin t, but Т is T.
    shapes = {f"{case}:{shape(text)}" for case, text in (("", name), ("small", key), ("capital", key.upper()))}
    return frozenset({f"key:{key}", *shapes})


def shape(text: str) -> str:
    """What a text looks like: its skeleton (UTS 39, section 4), each character replaced by the plainest like it."""
    plain = "".join(_plain(character) for character in unicodedata.normalize("NFD", text))
    return unicodedata.normalize("NFD", plain)


@lru_cache(maxsize=50_000)
def _plain(character: str) -> str:
    """The character or characters that stand for everything that looks like this one."""
    alike = _alike()
    group = {character} | set(alike.get(character, ()))
    group |= {other for each in tuple(group) for other in alike.get(each, ())}
    chosen = min(group, key=_plainness)
    return chosen if chosen == character or len(chosen) == 1 else "".join(_plain(each) for each in chosen)


def _plainness(characters: str) -> tuple[bool, bool, str]:
    # What stands for several characters comes first: m looks like r and n, and each of them stands for itself.
    return len(characters) == 1, not characters.isascii(), characters


@cache
def _alike() -> dict[str, tuple[str, ...]]:
    """Which characters look like each character. The table lists each under the one it looks like."""

    def pairs() -> Iterator[tuple[str, list[str]]]:
        for character, others in confusables_data.items():
            yield character.strip(LEFT_TO_RIGHT_MARK), [each["c"].strip(LEFT_TO_RIGHT_MARK) for each in others]

    alike: dict[str, tuple[str, ...]] = {}
    for character, others in pairs():
        alike[character] = (*alike.get(character, ()), *others)
    return alike
