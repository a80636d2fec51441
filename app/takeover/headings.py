"""Finding the headings of a sheet as a person would see them: below titles, on one line or on two."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.people.sheet import SheetRow
from app.takeover.workbook import Sheet
from app.typed_text import SEVERAL_SPACES, compare_key

Knows = Callable[[str], bool]

LINES_LOOKED_AT = 30  # rows from the top in which headings are looked for
# Groups of columns about somebody else: “Emergency contact: Name” is not the name of the person of the row.
SOMEBODY_ELSE = re.compile(
    r"emergency|kin\b|parent|guardian|carer|partner|refer(ee|ence)|manager|supervisor|mentor|buddy"
)
# Groups that say nothing about the words below them; “level” below “DBS” is another level.
SAYS_NOTHING = re.compile(
    r"about|availability|contact|course|detail|general|info|learning|member|people|person|team|train|volunteer|who\b"
)
# What stands in cells of people and never in headings: addresses, dates, numbers with many figures.
NO_HEADING = re.compile(r"\S@\S|^[\d\W]+$|\d{5}")


@dataclass(frozen=True)
class Headings:
    """The headings of a sheet by place, the rows they were read from, and the place of the first row below."""

    texts: tuple[str, ...]
    rows: tuple[SheetRow, ...]
    first_row: int  # an index of `Sheet.rows`
    known: int  # how many of them are known


def find(sheet: Sheet, knows: Knows) -> Headings:
    """The row that names the most known columns, with the row above it where both are read together.

    Without a known heading it is the first row that could be one; without such a row there are no headings.
    """
    top = sheet.rows[:LINES_LOOKED_AT]
    best = Headings((), (), 0, 0)
    for at, row in enumerate(top):
        single = _single(row, at, knows)
        if single.known > best.known:
            best = single
        if at and (pair := _pair(sheet, at, knows)) and pair.known >= max(best.known, 1):
            best = pair
    return best if best.known else _unknown(top)


def one_line(heading: str) -> str:
    """A heading without the line breaks in it."""
    return SEVERAL_SPACES.sub(" ", heading.replace("\n", " ")).strip()


def _single(row: SheetRow, at: int, knows: Knows) -> Headings:
    texts = tuple(one_line(cell) for cell in row.cells)
    return Headings(texts, (row,), at + 1, _count_known(texts, knows))


def _count_known(texts: Sequence[str], knows: Knows) -> int:
    return len({compare_key(text) for text in texts if text and knows(text)})


def _pair(sheet: Sheet, at: int, knows: Knows) -> Headings | None:
    """The row at this place read together with the one above it, which groups; None where that one does not group."""
    upper, lower = sheet.rows[at - 1], sheet.rows[at]
    width = max(len(upper.cells), len(lower.cells))
    above, below = _padded(upper, width), _padded(lower, width)
    if len(set(filter(None, above))) < 2 or any(NO_HEADING.search(text) for text in above):
        return None
    groups = _groups(sheet, upper.line, above, below)
    texts: list[str] = []
    for group, own in zip(groups, below, strict=True):
        texts.append(_together(group, own, knows, texts))
    if _may_be_a_title(sheet, upper, above, below) and not any(
        knows(text) for text, own in zip(texts, below, strict=True) if text != own
    ):
        return None
    # A word below a group of somebody else counts too: it shows that this is the line of the headings.
    known = _count_known([text if knows(text) else own for text, own in zip(texts, below, strict=True)], knows)
    return Headings(tuple(texts), (upper, lower), at + 1, known)


def _may_be_a_title(sheet: Sheet, upper: SheetRow, above: list[str], below: list[str]) -> bool:
    """Whether the upper row is a few words at the left that stand above headings: “As of”, “June”."""
    written = [place for place, text in enumerate(above) if text]
    at_the_left = written == list(range(len(written))) and len(written) < len(above)
    return (
        at_the_left and all(below[place] for place in written) and all(span[0] != upper.line for span in sheet.joined)
    )


def _padded(row: SheetRow, width: int) -> list[str]:
    texts = [one_line(cell) for cell in row.cells]
    return texts + [""] * (width - len(texts))


def _groups(sheet: Sheet, line: int, above: list[str], below: list[str]) -> list[str]:
    """What stands above each column: merged cells reach as far as they are merged, others until the next one.

    A heading with nothing below it is one of its own, and groups nothing.
    """
    groups = list(above)
    spans = [(first, last) for at, first, last in sheet.joined if at == line]
    for first, last in spans:
        for place in range(first + 1, min(last + 1, len(groups))):
            groups[place] = groups[first]
    if not spans:
        for place in range(1, len(groups)):
            if not groups[place] and below[place] and below[place - 1]:
                groups[place] = groups[place - 1]
    return groups


def _together(group: str, own: str, knows: Knows, earlier: Sequence[str]) -> str:
    """One heading of two lines: “DBS” and “date” is “DBS date”.

    What is known without its group stands alone, once, where the group does not change its meaning.
    """
    if not own or not group or compare_key(own) == compare_key(group):
        return own or group
    both = f"{group} {own}"
    if knows(both) or not knows(own) or own in earlier or SOMEBODY_ELSE.search(compare_key(group)):
        return both
    return own if " " in own or SAYS_NOTHING.search(compare_key(group)) else both


def _unknown(top: Sequence[SheetRow]) -> Headings:
    """Headings none of which is known: the first row that is as wide as most of the table, and holds only words."""
    widest = max((_filled(row) for row in top), default=0)
    for at, row in enumerate(top):
        if _filled(row) * 2 > widest and _filled(row) > 1:
            if any(NO_HEADING.search(cell) for cell in row.cells if cell):
                return Headings((), (), at, 0)
            return Headings(tuple(one_line(cell) for cell in row.cells), (row,), at + 1, 0)
    return Headings((), (), 0, 0)


def _filled(row: SheetRow) -> int:
    return len({cell for cell in row.cells if cell})
