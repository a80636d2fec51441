"""Rows and files that have no counterpart are found by a job, told on Health, and never removed by themselves."""

from __future__ import annotations

import os
from datetime import timedelta

from click.testing import CliRunner
from flask import Flask

from app.cli import files_group
from app.files import checking, store
from tests.app.files.test_store import add, files
from tests.conftest import clock_at
from tests.times import NOW

LATER = NOW + timedelta(days=2)


def test_a_row_without_its_file_and_a_file_without_a_row_are_told_until_they_are_mended(app: Flask) -> None:
    add()
    [path] = files()
    stray = path.with_name("f" * 64)
    path.rename(stray)
    os.utime(stray, (NOW.timestamp(), NOW.timestamp()))
    checking.check_files(LATER)
    missing, without = checking.files_troubles(LATER)
    assert "1 file that somebody gave is not in the file store" in missing.words
    assert "1 file in the file store belongs to nothing" in without.words
    assert stray.exists(), "nothing is removed by itself"

    with clock_at(LATER):
        listed = CliRunner().invoke(files_group, ["unknown"])
        assert str(stray) in listed.output
        assert stray.exists()
        CliRunner().invoke(files_group, ["unknown", "--remove"])
    assert not stray.exists()
    add()
    checking.check_files(LATER)
    assert checking.files_troubles(LATER) == []


def test_what_was_never_finished_is_removed_after_a_day(app: Flask) -> None:
    path = store.unfinished_path()
    path.write_bytes(b"half of a file")
    os.utime(path, (NOW.timestamp(), NOW.timestamp()))
    checking.check_files(NOW + timedelta(hours=2))
    assert path.exists()
    checking.check_files(LATER)
    assert not path.exists()
