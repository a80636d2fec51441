"""The table of every notice in `docs/notices.md`: who gets it, when, why, how, and whether it can be turned off.

It is made from what the domains declare (`NoticeKind`), so it cannot say anything else than the product does.
"""

from __future__ import annotations

from app.domain import domains
from app.outbox.notice import NoticeKind

HEAD = """# Notices

What Nightlight tells people, and when. `nightlight notices` makes this page from the code
(`.venv/bin/nightlight notices > docs/notices.md`); a test fails where the two differ.

Every notice is a row of the outbox, written in the same transaction as what it tells of
([decision 14](decisions/0014-outbox.md)), and its words are made when it is sent, from what is so by then. Most also
stand under **Messages**, where they are kept for some weeks. What does not, holds a link that works once, or goes to an
address instead of a person. Nobody is told of what they did themselves, but for what they may want in writing.
"""
TITLES = {
    "core": "Accounts and messages",
    "progression": "Where people stand",
    "training": "Training",
    "rota": "Shifts",
}
COLUMNS = "| notice | who gets it | when | why | how | can it be turned off? |\n| --- | --- | --- | --- | --- | --- |"


def table() -> str:
    """The whole page, as Markdown."""
    parts = [HEAD]
    for domain in domains:
        rows = "\n".join(map(_row, domain.notices))
        parts.append(f"## {TITLES[domain.name]}\n\n{COLUMNS}\n{rows}\n")
    return "\n".join(parts)


def _row(kind: NoticeKind) -> str:
    to = kind.to[0].upper() + kind.to[1:]
    return f"| `{kind.kind}` | {to} | {kind.when} | {kind.why} | {how(kind)} | {turned_off(kind)} |"


def how(kind: NoticeKind) -> str:
    """The ways it goes, in words."""
    return "e-mail and Messages" if kind.in_inbox else "e-mail"


def turned_off(kind: NoticeKind) -> str:
    """Whether a person can turn it off, in words."""
    return "no" if kind.is_essential else "as an e-mail"
