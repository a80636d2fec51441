"""The types of a course pack."""

from __future__ import annotations

from pathlib import Path

from tests.training.courses import LESSON, write_pack
from training.pack_reader import read_pack


def test_the_same_words_have_the_same_hash_and_others_another(tmp_path: Path) -> None:
    one = read_pack(write_pack(tmp_path / "one"))
    same = read_pack(write_pack(tmp_path / "two"))
    other = read_pack(write_pack(tmp_path / "three", why=LESSON.replace("helps", "heals")))
    assert one.content_hash() == same.content_hash() != other.content_hash()
