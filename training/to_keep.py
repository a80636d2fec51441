"""The page to keep of a course: one page of A4 that people print or open again, written in the dialect of lessons."""

from __future__ import annotations

from collections.abc import Iterator

from training import lessons

MOST_WORDS = 350  # with what the organisation fills in, what one page of A4 holds at a size that reads well
ADDRESS = "to-keep"  # the last part of its address, which no unit may have
TAKES_NO = ("do", "drawing", "hard", "aside")


def faults(text: str) -> Iterator[tuple[int, str]]:
    """What is wrong with a page to keep: the line, from 1, and a sentence."""
    yield from lessons.faults(text)
    for line, kind in lessons.fence_kinds(text):
        if kind in TAKES_NO:
            yield line, f"a page to keep is read on paper, so it takes no “{kind}”."
    words = len(lessons.html(text).striptags().split())
    if words > MOST_WORDS:
        yield 1, f"a page to keep has at most {MOST_WORDS} words, to fit on one sheet; this has {words}."
