"""Notices before they are rendered: a kind, and the ids they refer to."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, ClassVar

from app.extension_point import ExtensionPoint


@dataclass(frozen=True)
class Notice:
    """The base of every notice: a frozen record of ids and codes, rendered only when it is sent.

    `kind` names the folder of its three templates: `notices/<kind>/subject.txt`, `body.txt` and `body.html`.
    """

    kind: ClassVar[str]
    is_private: ClassVar[bool] = False
    """Whether nobody but its reader may learn that there is one: no page, count or log line tells of it."""

    reaches_closed: ClassVar[bool] = False
    """Whether it is sent also to somebody whose account is closed: only what tells them so."""

    tries_every_address: ClassVar[bool] = False
    """Whether it is sent although e-mails to the address came back: its reader asks for it now, and waits for it."""

    def still_wanted(self, to: int, now: datetime) -> bool:
        """Whether the notice still holds; asked again just before sending."""
        return True

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        """What the three templates need, read when they are rendered."""
        return {}

    def address(self, to: int) -> str | None:
        """The e-mail address to send to, or None for the person's current one."""
        return None

    def facts(self) -> dict[str, Any]:
        """What the outbox row holds: ids and codes."""
        return asdict(self)


@dataclass(frozen=True)
class NoticeKind:
    """One kind of notice as a domain declares it: its class, and what people may know of it beforehand.

    `to`, `when` and `why` are parts of the table in `docs/notices.md`, which is made from them: who gets it, what
    brings it about, and what it is good for. `is_essential` says that nobody can turn it off: it is about their own
    shifts, duties, decisions or account. `in_inbox` says that it also stands under Messages; it does not where its link
    works once, or where it goes to an address instead of a person. A private notice never does: its lines would be
    rows of which others could tell that there are some.
    """

    notice: type[Notice]
    to: str
    when: str
    why: str
    is_essential: bool = False
    in_inbox: bool = True

    def __post_init__(self) -> None:
        if self.notice.is_private and self.in_inbox:
            raise ValueError(f"{self.notice.kind} is private and must not stand under Messages")

    @property
    def kind(self) -> str:
        """Its name, which is also the folder of its templates."""
        return self.notice.kind


kinds: ExtensionPoint[NoticeKind] = ExtensionPoint("notices")


def private_kinds() -> frozenset[str]:
    """The kinds of which no page, count or log line tells."""
    return frozenset(each.kind for each in kinds if each.notice.is_private)


def kind_called(kind: str) -> NoticeKind:
    """The declared kind of this name."""
    return next(each for each in kinds if each.kind == kind)


def from_row(kind: str, facts: dict[str, Any]) -> Notice:
    """Rebuild the notice that an outbox row holds."""
    return kind_called(kind).notice(**facts)
