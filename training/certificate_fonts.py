"""The fonts of certificates, and which characters they have."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from pathlib import Path

from fontTools.ttLib import TTFont

from app.pages import assets

# One file per weight: two files of one family and weight print wrong glyphs without any error.
FONTS = {"atkinson-400.ttf": 400, "atkinson-700.ttf": 700}
NAME_FONT = "atkinson-700.ttf"


def font_path(logical: str) -> Path:
    """The built font of this name."""
    return assets.path_of(logical)


def letters_missing(text: str) -> list[str]:
    """The characters of a text that the certificate's font does not have, each once, in order."""
    characters = _characters_of(str(font_path(NAME_FONT)))
    return [letter for letter in dict.fromkeys(text) if not letter.isspace() and ord(letter) not in characters]


@lru_cache(maxsize=4)
def _characters_of(path: str) -> frozenset[int]:
    with TTFont(path) as font:
        return frozenset(code for code in font.getBestCmap() if unicodedata.category(chr(code))[0] not in ("C", "M"))
