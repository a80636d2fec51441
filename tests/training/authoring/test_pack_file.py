"""A pack as a ZIP: export then import is the same pack, and what is no pack is refused whole."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from app.refusals import Invalid
from tests.training.authoring.test_pack_text import written
from tests.training.courses import COURSE, LESSON, QUIZ, STORY, write_pack
from training.authoring import pack_file, pack_file_child, pack_text
from training.pack_reader import read_pack

FILES = {"course.yaml": COURSE, "why.md": LESSON, "story.yaml": STORY, "quiz.yaml": QUIZ}


def archive(files: dict[str, str | bytes], folder: str = "kindness/") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            made.writestr(f"{folder}{name}", content)
    return out.getvalue()


def refused(raw: bytes) -> str:
    with pytest.raises(Invalid) as refusal:
        pack_file.read_archive(raw)
    return " ".join(refusal.value.sentences)


def test_a_draft_that_is_taken_away_and_brought_in_again_is_the_same_pack(tmp_path: Path) -> None:
    pack = read_pack(write_pack(tmp_path / "kindness"))
    files = pack_text.files_of(written(pack_text.texts_of(pack, with_change=True))).files
    raw = pack_file.archive_of("kindness", files)
    assert pack_file.read_archive(raw).content_hash() == pack.content_hash()
    assert pack_file.archive_of("kindness", files) == raw
    assert pack_file_child.unpacked(raw) == files


def test_a_pack_with_faults_is_refused_with_each_file_and_line() -> None:
    said = refused(
        archive({**FILES, "why.md": LESSON.replace("minutes: 5", "minutes: soon"), "quiz.yaml": "kind: quiz"})
    )
    assert "why.md, line 4: " in said
    assert "quiz.yaml, line 1: " in said


def test_what_is_no_pack_is_refused_with_a_sentence() -> None:
    assert refused(b"") == pack_file.EMPTY
    assert refused(b"x" * (pack_file.LARGEST + 1)) == pack_file.TOO_LARGE
    assert refused(b"PK\x03\x04 and nothing more") == pack_file.NO_ARCHIVE
    assert "There is no course.yaml" in refused(archive({"why.md": LESSON}))
    assert "stand in one folder" in refused(archive({**FILES, "more/why.md": LESSON}))
    assert "stand in one folder" in refused(archive({**FILES, "../../why.md": LESSON}))
    assert "more than 50 files" in refused(archive({**FILES, **{f"{n}.md": "" for n in range(60)}}))


def test_an_archive_that_unpacks_to_too_much_is_refused() -> None:
    bomb: dict[str, str | bytes] = {f"{number}.md": b"\0" * 1_000_000 for number in range(20)}
    assert "unpacks to more than" in refused(archive({**FILES, **bomb}))


def test_a_link_in_an_archive_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        link = zipfile.ZipInfo("course.yaml")
        link.external_attr = 0o120777 << 16
        made.writestr(link, "/etc/passwd")
    assert "There is a link" in refused(out.getvalue())
