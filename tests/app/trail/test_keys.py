"""The key of the audit trail: made once, kept in a file of its own, and told from others."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app.trail import heads, keys
from app.trail.heads import Head
from tests.times import NOW


def test_of_many_that_find_no_key_one_makes_it_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        made = set(threads.map(lambda _number: keys.current(tmp_path, now=NOW), range(8)))
    assert len(made) == 1
    [file] = (tmp_path / keys.FOLDER).glob("*.key")
    assert file.stat().st_mode & 0o077 == 0
    assert file.parent.stat().st_mode & 0o077 == 0


def test_the_newest_key_is_used_and_an_older_one_is_still_found(tmp_path: Path) -> None:
    old = keys.current(tmp_path, now=NOW)
    [file] = (tmp_path / keys.FOLDER).glob("*.key")
    newer = file.with_name("29990101T000000000000-newer.key")
    newer.write_text("ab" * 32)
    new = keys.current(tmp_path, now=NOW)
    assert new != old
    assert keys.of_hash(tmp_path, old.mac("line", [1])) == old
    assert keys.of_hash(tmp_path, "0" * 64) is None


def test_a_hash_for_one_purpose_is_not_one_for_another(tmp_path: Path) -> None:
    key = keys.current(tmp_path, now=NOW)
    assert key.matches(key.mac("head", [7, "x"]), "head", [7, "x"])
    assert not key.matches(key.mac("head", [7, "x"]), "line", [7, "x"])
    assert not key.matches(key.mac("head", [7, "x"]), "head", [8, "x"])


def test_an_instant_is_hashed_in_utc(tmp_path: Path) -> None:
    key = keys.current(tmp_path, now=NOW)
    elsewhere = NOW.astimezone(tz=datetime.now().astimezone().tzinfo)
    assert key.mac("row", {"at": NOW.astimezone(UTC)}) == key.mac("row", {"at": elsewhere})


def test_heads_are_only_added_and_a_torn_line_hides_no_other(tmp_path: Path) -> None:
    first, second = Head(1, "a", NOW), Head(2, "b", NOW + timedelta(days=1))
    heads.write(tmp_path, first)
    with (tmp_path / keys.FOLDER / heads.FILE).open("a") as file:
        file.write('{"at": "2027-\n')
    heads.write(tmp_path, second)
    assert list(heads.read(tmp_path)) == [first, second]
