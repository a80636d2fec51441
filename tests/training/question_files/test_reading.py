"""A question file is read in a child process with limits; its content says what it is."""

from __future__ import annotations

import pytest

from app.refusals import Invalid
from tests.training.question_files.test_moodle_xml import EVERY_KIND
from training.question_files import child
from training.question_files.found import LARGEST_FILE
from training.question_files.gift import read_gift
from training.question_files.moodle_xml import read_moodle_xml
from training.question_files.reading import read_file

GIFT = "On?{T}\n\nEssay{}\n"


def test_the_child_says_what_the_readers_say() -> None:
    assert read_file(GIFT.encode()) == read_gift(GIFT)
    assert [each["line"] for each in child.said(read_gift(GIFT))["taken"]] == [1]  # type: ignore[attr-defined]  # the stubs do not say it
    assert read_file(b"\xef\xbb\xbf" + EVERY_KIND) == read_moodle_xml(EVERY_KIND)


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"  \n", "nothing"),
        (b"a" * (LARGEST_FILE + 1), "larger than 1 MB"),
        (b"\xff\xfeO\x00n\x00", "UTF-8"),
        (b"PK\x03\x04\x00\x00", "UTF-8"),
        (b'<!DOCTYPE q [<!ENTITY a "b">]><quiz>&a;</quiz>', "entities"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_sentence(raw: bytes, why: str) -> None:
    with pytest.raises(Invalid, match=why):
        read_file(raw)


def test_a_file_of_160_questions_is_read_whole() -> None:
    text = "\n\n".join(
        f"::Number {each}::Which is {each}?{{={each} ~{each + 1} ~%50%{each + 2}#Nearly.}}" for each in range(160)
    )
    assert len(read_file(text.encode()).taken) == 160
