"""The page to keep: one sheet, in words that can be printed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.training.courses import TO_KEEP, write_pack
from training import to_keep
from training.pack_reader import PackHasFaults, read_pack


def test_a_pack_may_have_a_page_to_keep(tmp_path: Path) -> None:
    folder = write_pack(tmp_path)
    assert read_pack(folder).to_keep is None
    (folder / "to-keep.md").write_text(TO_KEEP)
    assert read_pack(folder).to_keep == TO_KEEP


def test_packs_from_before_there_was_one_keep_their_hash(tmp_path: Path) -> None:
    pack = read_pack(write_pack(tmp_path))
    assert not {"needs", "to_keep"} & pack.model_dump().keys()
    assert "exercises" not in pack.units[0].model_dump()
    assert pack.content_hash() != pack.model_copy(update={"to_keep": "Words."}).content_hash()


@pytest.mark.parametrize(
    ("text", "line", "sentence"),
    [
        ("word " * 351, 1, "at most 350 words, to fit on one sheet; this has 351."),
        ("Words.\n\n```do it\n```\n", 3, "takes no “do”."),
        ("Words.\n\n```hard Moss | Rude.\nTurnip.\n```\n", 3, "takes no “hard”."),
        ("Words.\n\n```here on-call, moon\n```\n", 3, "there is no slot “moon”"),
        ("# Words", 1, "headings in a lesson begin with ##"),
    ],
)
def test_what_does_not_belong_there_is_named_with_its_line(text: str, line: int, sentence: str) -> None:
    found = list(to_keep.faults(text))
    assert any(at == line and sentence in words for at, words in found), found


def test_a_fault_of_the_page_to_keep_refuses_the_pack(tmp_path: Path) -> None:
    folder = write_pack(tmp_path)
    (folder / "to-keep.md").write_text("word " * 400)
    with pytest.raises(PackHasFaults, match=r"to-keep\.md, line 1: a page to keep has at most 350 words"):
        read_pack(folder)
