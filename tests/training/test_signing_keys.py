"""The signing keys: one signs, all stay published."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from tests.times import NOW
from tests.training.tokens import AWARD
from training import badges, signing_keys


def test_a_key_is_readable_by_its_owner_alone_and_its_public_half_holds_no_secret(tmp_path: Path) -> None:
    key = signing_keys.current(tmp_path, now=NOW)
    (path,) = (tmp_path / signing_keys.FOLDER).glob("*.pem")
    assert path.stat().st_mode & 0o777 == 0o600
    assert "PRIVATE" not in path.with_suffix(".jwk").read_text()
    assert (tmp_path / signing_keys.FOLDER).stat().st_mode & 0o777 == 0o700
    assert set(key.published.jwk()) == {"kty", "n", "e", "alg", "use", "kid"}


def test_a_new_key_signs_and_the_old_one_stays_published(tmp_path: Path) -> None:
    old = signing_keys.current(tmp_path, now=NOW)
    token = badges.sign(AWARD, old)
    new = signing_keys.add(tmp_path, now=NOW + timedelta(days=1))
    assert signing_keys.current(tmp_path, now=NOW).kid == new.kid != old.kid
    assert [key.kid for key in signing_keys.all_keys(tmp_path)] == [old.kid, new.kid]
    assert badges.read(token, lambda kid: signing_keys.find(tmp_path, kid)) is not None


def test_a_private_half_may_go_and_what_it_signed_still_stands(tmp_path: Path) -> None:
    old = signing_keys.current(tmp_path, now=NOW)
    token = badges.sign(AWARD, old)
    next((tmp_path / signing_keys.FOLDER).glob("*.pem")).unlink()
    assert signing_keys.current(tmp_path, now=NOW + timedelta(days=1)).kid != old.kid
    assert len(signing_keys.all_keys(tmp_path)) == 2
    assert badges.read(token, lambda kid: signing_keys.find(tmp_path, kid)) is not None


def test_a_key_that_came_without_its_public_half_is_published_before_it_signs(tmp_path: Path) -> None:
    key = signing_keys.current(tmp_path, now=NOW)
    next((tmp_path / signing_keys.FOLDER).glob("*.jwk")).unlink()
    assert signing_keys.all_keys(tmp_path) == []
    assert signing_keys.current(tmp_path, now=NOW).kid == key.kid
    assert [each.kid for each in signing_keys.all_keys(tmp_path)] == [key.kid]


@pytest.mark.parametrize("kid", ["", "../../etc/passwd", "x" * 5000, "*"])
def test_a_key_of_no_such_name_is_not_looked_for_on_the_disk(tmp_path: Path, kid: str) -> None:
    signing_keys.current(tmp_path, now=NOW)
    assert signing_keys.find(tmp_path, kid) is None


def test_two_processes_that_need_the_first_key_at_once_take_the_same(tmp_path: Path) -> None:
    program = (
        "import sys; from datetime import UTC, datetime; from pathlib import Path; from training import signing_keys; "
        "sys.stdin.read(); print(signing_keys.current(Path(sys.argv[1]), now=datetime.now(UTC)).kid)"
    )
    racing = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    for process in racing:
        assert process.stdin is not None
        process.stdin.close()
    kids = set()
    for process in racing:
        assert process.stdout is not None
        kids.add(process.stdout.read().strip())
        process.stdout.close()
        assert process.wait() == 0
    assert len(kids) == 1
    assert len(signing_keys.all_keys(tmp_path)) == 1
