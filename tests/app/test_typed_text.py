"""One line of text: what is kept as typed, what is refused with a place, and what compares as the same."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.refusals import Invalid
from app.typed_text import compare_key, name_line, one_line, quoted

# Names in the scripts that people who come here write in, with what each of them needs.
NAMES = [
    "Tansy",
    "Zoë O’Brien-Łukasz",
    "Ngũgĩ wa Thiong'o",
    "Nguyễn Thị Minh",
    "علی‌رضا",  # Persian, with a non-joiner
    "क्‍षमा",  # Hindi, with a joiner
    "র‍্যাচেল",  # Bengali, with a joiner before the virama
    "ශ්‍රී",  # Sinhala, with a joiner
    "தமிழ்ச்செல்வி",
    "สมชาย",
    "김민준",
    "山田 太郎",
    "葛󠄀城",  # with a variation selector
    "אֱלִיעֶזֶר",
    "Ελένη",
    "Ольга",
    "Robin 🦊",
    "Wren ❤️",
    "Fire 👩🏽‍🚒",
    "🏴󠁧󠁢󠁳󠁣󠁴󠁿 Isla",
    "Bo 2",
]


def line(text: str) -> str:
    return name_line(text, what="A name", longest=60)


@pytest.mark.parametrize("name", NAMES)
def test_a_name_in_any_script_is_kept_as_it_was_typed(name: str) -> None:
    assert line(name) == unicodedata.normalize("NFC", name)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Tansy\t ", "Tansy"),
        ("山田\u3000太郎", "山田 太郎"),
        ("Zoe\u0308", "Zoë"),
        ("\ufeffTansy", "Tansy"),
        ("Tan\u00adsy\u200b", "Tansy"),
        ("\u202aTansy\u202c", "Tansy"),
        ("Wren\u00a0 Okafor\n", "Wren Okafor"),
    ],
)
def test_what_copying_leaves_behind_is_left_out(typed: str, kept: str) -> None:
    assert line(typed) == kept


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("Tan\u034fsy", ("U+034F", "combining grapheme joiner", "after “Tan”", "cannot be seen")),
        ("\u3164", ("U+3164", "at the beginning")),
        ("Tansy\u0000", ("U+0000", "after “Tansy”")),
        ("Tansy\u200d", ("U+200D", "joins nothing there")),
        ("Tan\u200csy", ("U+200C", "joins nothing there")),
        ("Tansy\ufe0f", ("U+FE0F",)),
        ("Tansy\u2800", ("U+2800",)),
        ("Wr\ufffdn", ("has lost a letter", "after “Wr”")),
        ("Wren\nOkafor", ("breaks after “Wren”",)),
        ("\u0308Wren", ("a mark without a character before it",)),
        ("W\u0300\u0301\u0302\u0303\u0304ren", ("more marks",)),
        ("W\u0348\u0348ren", ("more marks",)),
        ("\ue000", ("U+E000",)),
        ("Tansy\udcff", ("U+DCFF",)),
        ("", ("at least one letter or figure",)),
        ("\u200b", ("at least one letter or figure",)),
        ("---", ("at least one letter or figure",)),
        ("W" * 61, ("at most 60 characters",)),
        ("W" * 100_000, ("at most 60 characters",)),
        ("=1+1", ("a spreadsheet wrote",)),
        ("#REF!", ("a spreadsheet wrote",)),
    ],
)
def test_what_cannot_be_kept_is_refused_with_what_it_is_and_where(typed: str, words: tuple[str, ...]) -> None:
    with pytest.raises(Invalid) as refusal:
        line(typed)
    for part in ("A name", *words):
        assert part in refusal.value.sentences[0]


@pytest.mark.parametrize(
    "same",
    [
        ("Zoë", "Zoe\u0308", "ZOË", "zoë", "Ｚｏë"),
        ("Tansy", "Tan\u034fsy", "Tansy\u3164", " tansy ", "TANSY\ufe0f"),
        ("علی‌رضا", "علیرضا"),
        ("Straße", "STRASSE"),
        ("山田\u3000太郎", "山田 太郎"),
        ("Wren ❤️", "wren ❤"),
    ],
)
def test_what_people_read_as_the_same_has_one_key(same: tuple[str, ...]) -> None:
    assert len({compare_key(text) for text in same}) == 1


def test_a_quotation_is_short_and_shows_that_something_cannot_be_seen() -> None:
    assert quoted("a\u0000b") == "“a�b”"
    assert quoted("a" * 100, 10) == f"“{'a' * 10}…”"


ANY_TEXT = st.one_of(
    st.text(max_size=80),
    st.text(alphabet=st.sampled_from(sorted(set("".join(NAMES)) | set("\u034f\u3164\u200b\u200c\u200d\ufe0f\n\t\0")))),
)


@given(ANY_TEXT)
def test_any_text_is_kept_as_typed_or_refused_with_a_reason(typed: str) -> None:
    kept, reason = kept_or_refused(typed)
    if reason:
        assert reason.startswith("A name ")
        assert reason.isprintable()
        return
    assert line(kept) == kept == one_line(kept)
    assert unicodedata.is_normalized("NFC", kept)
    # Nothing that can be seen was left out or added.
    assert seen(kept) == seen(typed)


def kept_or_refused(typed: str) -> tuple[str, str]:
    try:
        return line(typed), ""
    except Invalid as refusal:
        return "", refusal.sentences[0]


def seen(text: str) -> str:
    composed = unicodedata.normalize("NFC", text)
    return "".join(character for character in composed if unicodedata.category(character)[0] not in "ZC")


@given(ANY_TEXT)
def test_a_key_is_its_own_key(typed: str) -> None:
    assert compare_key(compare_key(typed)) == compare_key(typed) == compare_key(unicodedata.normalize("NFD", typed))
