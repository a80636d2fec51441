"""The fonts of PDFs, and which characters they have."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from fontTools.ttLib import TTFont

from app.pages import assets
from app.pages.assets import IDEOGRAPHS, SCRIPTS

# One file per family and weight: two files of one family and weight print wrong glyphs without any error.
ATKINSON = "Atkinson Hyperlegible Next"
FONTS = {
    "atkinson-400.ttf": (ATKINSON, 400),
    "atkinson-700.ttf": (ATKINSON, 700),
    **{f"noto-{part}.ttf": (f"Noto {part}", 700) for _package, part in SCRIPTS},
    IDEOGRAPHS: ("Droid Sans Fallback", 700),
}
NAME_FONT = "atkinson-700.ttf"
FAMILIES = tuple(dict.fromkeys(family for family, _weight in FONTS.values()))
JOINERS = "\u200c\u200d"
# What chooses a form of the character before it, and what names the nation of a flag.
STYLES = frozenset(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0), *range(0xE0020, 0xE0080))))


def font_path(logical: str) -> Path:
    """The built font of this name."""
    return assets.path_of(logical)


def characters_missing(text: str) -> list[str]:
    """What a PDF cannot print of a text, each once, in order: letters with the marks on them.

    A letter and its marks have to be in one font, or they would be drawn side by side.
    """
    fonts = [_characters_of(str(font_path(name)), name == NAME_FONT) for name in FONTS]
    groups = dict.fromkeys(_groups(text))
    return [group for group in groups if not any(set(group) - {*JOINERS} - STYLES <= font for font in fonts)]


def printable(text: str) -> str:
    """A text of which nothing else is known: what cannot be printed becomes a question mark."""
    for group in characters_missing(text):
        text = text.replace(group, "?")
    return text


def is_plain(text: str) -> bool:
    """Whether our own font prints all of a text; other scripts must not be spaced closer."""
    characters = _characters_of(str(font_path(NAME_FONT)), True)
    return all(letter.isspace() or letter in characters for letter in text)


def _groups(text: str) -> Iterator[str]:
    """Each letter of a text with the marks and joiners that belong to it, without spaces."""
    group = ""
    for letter in unicodedata.normalize("NFC", text):
        if group and (letter in JOINERS or unicodedata.category(letter)[0] == "M"):
            group += letter
            continue
        if group:
            yield group
        group = "" if letter.isspace() else letter
    if group:
        yield group


@lru_cache(maxsize=32)
def _characters_of(path: str, without_marks: bool) -> frozenset[str]:
    """The characters of a font. Our own has marks that it does not place."""
    left_out = ("C", "M") if without_marks else ("C",)
    with TTFont(path) as font:
        return frozenset(chr(code) for code in font.getBestCmap() if unicodedata.category(chr(code))[0] not in left_out)
