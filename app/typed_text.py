"""One line of text as people type it: the form in which it is kept, what is refused, and the key it is compared by.

Names of people, channels, rotas and shifts all pass `name_line`, whether a page, a file or a command brings them.
Sources: Unicode Standard Annex 15 (normalisation), Unicode Technical Standard 39 (security), RFC 5892 (joiners).
"""

from __future__ import annotations

import re
import unicodedata

from idna.core import valid_contextj

from app.refusals import Invalid

SPACES = "\t \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
SEVERAL_SPACES = re.compile(f"[{SPACES}]+")
LINE_BREAKS = "\n\v\f\r\u0085\u2028\u2029"

# Soft hyphens, zero-width spaces, byte order marks and marks of direction: what copying from a web page or an address
# book brings along. None of them belongs to a name, so they are left out without a word.
LEFT_OUT = re.compile("[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")

# Default_Ignorable_Code_Point of Unicode that is not a format character (Cf), and two that are drawn as nothing.
UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u2065\u3164\ufe00-\ufe0f\uffa0\ufff0-\ufff8"
    "\U000e0000-\U000e0fff\u2800\U0001d159]"
)
REPLACEMENT = "\ufffd"
ZERO_WIDTH_JOINERS = "\u200c\u200d"
VIRAMA = 9  # the combining class of the signs that join characters of Indic scripts
MOST_MARKS = 4  # on one character; UTS 39, section 5.4

# Variation selectors where they are in use, and the flags of England, Scotland and Wales.
STYLED_PICTURE = "[\u203c-\u3299\U0001f000-\U0001faff\u00a9\u00ae][\ufe0e\ufe0f]"
KEYCAP = "[0-9#*]\ufe0f?\u20e3"
STYLED_IDEOGRAPH = "[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af][\ufe00-\ufe02\U000e0100-\U000e01ef]"
STYLED_MONGOLIAN = "[\u1820-\u18aa][\u180b-\u180d\u180f]"
FLAG = "\U0001f3f4[\U000e0061-\U000e007a]{3,6}\U000e007f"
IN_USE = re.compile("|".join((STYLED_PICTURE, KEYCAP, STYLED_IDEOGRAPH, STYLED_MONGOLIAN, FLAG)))
SPREADSHEET = re.compile(r"=|#(REF!|N/A|NAME\?|VALUE!|DIV/0!|NUM!|NULL!|SPILL!|CALC!)$")
SKIN_TONES = re.compile("[\ufe0f\U0001f3fb-\U0001f3ff]+$")


def one_line(typed: str) -> str:
    """The text as it is kept: composed (NFC), with single spaces, without marks that copying leaves.

    Line breaks around it go too; one inside stays, for `name_line` to refuse.
    """
    text = unicodedata.normalize("NFC", LEFT_OUT.sub("", typed))
    return SEVERAL_SPACES.sub(" ", text.strip(SPACES + LINE_BREAKS))


def compare_key(text: str) -> str:
    """What two texts have in common that people would read as the same: case, width, spaces and form of accents.

    Computed here alone, so that Python, SQLite and PostgreSQL compare in the same way.
    """
    key = one_line(text)
    for _ in range(2):  # folding can undo normalisation, once
        key = unicodedata.normalize("NFKC", key).casefold()
        key = "".join(
            character for character in key if character not in ZERO_WIDTH_JOINERS and not UNSEEN.match(character)
        )
    return one_line(unicodedata.normalize("NFKC", key))


def name_line(typed: str, *, what: str, longest: int, field: str | None = None) -> str:
    """A name as it is kept; `what` begins the sentences (“A display name”), `longest` is in characters.

    Refuses what is empty, too long, or holds characters that cannot be seen, and says which and where.
    """
    if len(typed) > 10 * longest:  # before it is worked on: composing shortens a text to a third at most
        raise Invalid(_too_long(what, longest), field=field)
    text = one_line(typed)
    if not text:
        raise Invalid(f"{what} has at least one letter or figure.", field=field)
    if len(text) > longest:
        raise Invalid(_too_long(what, longest), field=field)
    if fault := _fault(text):
        raise Invalid(f"{what} {fault}", field=field)
    if not any(
        unicodedata.category(character)[0] in "LN" or unicodedata.category(character) == "So" for character in text
    ):
        raise Invalid(f"{what} has at least one letter or figure.", field=field)
    return text


def _too_long(what: str, longest: int) -> str:
    return f"{what} has at most {longest} characters. Is there a shorter form?"


def quoted(text: str, longest: int = 60) -> str:
    """What somebody typed, for a sentence about it: shortened, and with a sign for what cannot be seen."""
    shown = "".join(character if character.isprintable() else "�" for character in text[:longest])
    return f"“{shown}…”" if len(text) > longest else f"“{shown}”"


def is_left_by_a_formula(text: str) -> bool:
    """Whether a spreadsheet wrote this: an error such as #REF!, or a formula that was never calculated."""
    return SPREADSHEET.match(text) is not None


def _fault(text: str) -> str | None:
    """What cannot be kept in a line that `one_line` returned, as the rest of a sentence, or None."""
    if is_left_by_a_formula(text):
        return f"is not {quoted(text)}: a spreadsheet wrote a formula or an error there. Please write the name itself."
    in_use = {place for found in IN_USE.finditer(text) for place in range(*found.span())}
    for place, character in enumerate(text):
        if place not in in_use and (fault := _fault_of(text, place, character)):
            return fault
    return _pile_of_marks(text)


def _fault_of(text: str, place: int, character: str) -> str | None:
    kind = unicodedata.category(character)
    if character == REPLACEMENT:
        return f"has lost a letter {_where(text, place)}: a program could not read it. Please write it again."
    if character in LINE_BREAKS:
        return f"is one line, and this one breaks {_where(text, place)}. Please write it on one line."
    if character in ZERO_WIDTH_JOINERS:
        return None if _joins(text, place) else _unseen(text, place, "which joins nothing there")
    if UNSEEN.match(character) or kind in ("Cc", "Cf"):
        return _unseen(text, place, "which cannot be seen")
    if kind in ("Cn", "Co", "Cs"):
        return _unseen(text, place, "which many devices cannot show")
    if kind[0] == "M" and (place == 0 or text[place - 1] == " "):
        return _unseen(text, place, "a mark without a character before it")
    return None


def _joins(text: str, place: int) -> bool:
    """Whether a joiner is one that the script needs (RFC 5892, CONTEXTJ), or joins pictures to one."""
    before, after = text[place - 1 : place], text[place + 1 : place + 2]
    if not before or not after:
        return False
    if text[place] == "\u200d":
        pictures = (SKIN_TONES.sub("", text[:place])[-1:], after)
        if all(picture and unicodedata.category(picture) == "So" for picture in pictures):
            return True
        # Bengali and Kannada write the joiner before the virama: র‍্যাচেল is Rachel.
        if unicodedata.combining(after) == VIRAMA and unicodedata.category(before) == "Lo":
            return True
    return bool(valid_contextj(text, place))


def _pile_of_marks(text: str) -> str | None:
    pile = ""
    for character in unicodedata.normalize("NFD", text):
        pile = pile + character if unicodedata.category(character) == "Mn" else ""
        if len(pile) > MOST_MARKS or pile[-2:-1] == pile[-1:] != "":
            return f"has more marks on one letter than can be read ({_named(pile[-1])}). Please leave some out."
    return None


def _unseen(text: str, place: int, why: str) -> str:
    return f"holds {_named(text[place])} {_where(text, place)}, {why}. Please take it out, or type the name again."


def _named(character: str) -> str:
    name = unicodedata.name(character, "").lower()
    code = f"U+{ord(character):04X}"
    return f"the character {code} ({name})" if name else f"the character {code}"


def _where(text: str, place: int) -> str:
    return f"after {quoted(text[max(0, place - 12) : place])}" if place else "at the beginning"
