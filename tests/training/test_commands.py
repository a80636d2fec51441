"""The commands of training."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import func, select

from app import db, settings
from tests.training.courses import STORY, write_pack
from training import demonstration, signing_keys
from training.commands import training_group
from training.models import CourseVersion


def run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(training_group, list(words))
    return result.exit_code, result.output


def versions() -> int:
    count = db.session.scalar(select(func.count()).select_from(CourseVersion)) or 0
    db.session.rollback()
    return count


def test_the_shipped_course_is_installed_by_one_command(app: Flask) -> None:
    code, said = run("import", str(demonstration.SHIPPED))
    assert (code, said) == (0, "“Understanding conflict” (8 steps, about 67 minutes) is installed as version 1.\n")
    assert run("import", str(demonstration.SHIPPED))[1].endswith("is installed as version 1.\n")
    assert versions() == 1


def test_a_dry_run_changes_nothing(app: Flask) -> None:
    code, said = run("import", str(demonstration.SHIPPED), "--dry-run")
    assert code == 0
    assert "could be installed" in said
    assert "By its words" not in said
    assert versions() == 0


def test_minutes_that_the_words_do_not_come_to_are_said_before_a_pack_is_installed(app: Flask, tmp_path: Path) -> None:
    said = run("import", str(write_pack(tmp_path / "pack")), "--dry-run")[1]
    assert said.startswith("By its words and questions it takes about 3 minutes")
    assert "about 15 minutes) is in order" in said


def test_a_broken_pack_is_refused_whole_with_each_fault_on_a_line(app: Flask, tmp_path: Path) -> None:
    folder = write_pack(tmp_path / "pack", story=STORY.replace("to: sad", "to: nowhere"))
    code, said = run("import", str(folder))
    assert code == 1
    assert said.splitlines()[0].startswith("story.yaml, line 28: this choice leads to “nowhere”")
    assert said.splitlines()[-1] == "Error: 2 faults in pack; nothing was installed."
    assert versions() == 0


def test_a_new_key_signs_from_now_on(app: Flask) -> None:
    code, said = run("new-key")
    assert code == 0
    assert signing_keys.all_keys(settings.current().keys)[-1].kid in said


@pytest.mark.parametrize("words", [["--help"], ["import", "--help"], ["new-key", "--help"]])
def test_each_command_explains_itself(app: Flask, words: list[str]) -> None:
    code, said = run(*words)
    assert code == 0
    assert "Usage:" in said
