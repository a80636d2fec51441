"""What differs between two texts, line by line. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

# A line that begins something of its own; any other goes on with the paragraph or the point before it.
BEGINS = re.compile(r"\s*(#{1,6} |[-*+] |\d{1,9}[.)] |>|[-*_]{3,}\s*$)")


@dataclass(frozen=True, slots=True)
class Difference:
    """One line that differs: what it was and what it is (None: not there), and the heading it stands under."""

    under: str
    was: str | None
    now: str | None


def differences(before: str, after: str) -> list[Difference]:
    """Each line that differs, in the order of the newer text. How a paragraph is wrapped makes no difference."""
    was, now = list(_lines(before)), list(_lines(after))
    under = _headings(now)
    found = []
    matcher = SequenceMatcher(None, was, now, autojunk=False)
    for tag, was_from, was_to, now_from, now_to in matcher.get_opcodes():
        if tag == "equal":
            continue
        for place, (old, new) in enumerate(zip_longest(was[was_from:was_to], now[now_from:now_to])):
            found.append(Difference(under[min(now_from + place, now_to, len(now))], old, new))
    return found


def _lines(text: str) -> Iterator[str]:
    """The text as headings, paragraphs and points, each on one line."""
    line = ""
    for part in [*text.splitlines(), ""]:
        if line and (not part.strip() or BEGINS.match(part) or line.lstrip().startswith("#")):
            yield line
            line = ""
        line = f"{line} {part.strip()}" if line else part.rstrip()


def _headings(lines: Sequence[str]) -> list[str]:
    """Of each line, and of the end, the heading that it stands under; empty before the first."""
    headings, heading = [], ""
    for line in lines:
        if line.startswith("#"):
            heading = line.lstrip("# ")
        headings.append(heading)
    return [*headings, heading]
