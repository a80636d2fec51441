"""Certificate codes: 128 random bits, in characters that are hard to misread."""

from __future__ import annotations

import re
import secrets

# Crockford's base 32: no I, L, O or U, so that a code can be read from paper and over the telephone.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 26  # 26 × 5 bits hold 128
_MISREAD = str.maketrans({"I": "1", "L": "1", "O": "0"})


def new_code() -> str:
    """A new, unguessable code."""
    number = secrets.randbits(128)
    letters = []
    for _ in range(LENGTH):
        number, rest = divmod(number, 32)
        letters.append(ALPHABET[rest])
    return "".join(letters)


def parse(text: str) -> str | None:
    """The code that was typed, or None where it cannot be one. Case, spaces and hyphens do not matter."""
    code = re.sub(r"[\s-]", "", text).upper().translate(_MISREAD)
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else None


def spaced(code: str) -> str:
    """The code in groups, for reading: `7K4Q-92TD-…`"""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


# Looked up when the typed text cannot be a code, so that a wrong and an impossible code run the same query.
IMPOSSIBLE_CODE = "-" * LENGTH
