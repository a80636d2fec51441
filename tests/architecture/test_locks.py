"""The locks: every library pinned and hashed, and nothing that names a machine or an address."""

from __future__ import annotations

import json
import re

import pytest

from tests.architecture.source import ROOT

LOCKS = sorted(path.name for path in (ROOT / "requirements").glob("*.lock"))
PIN = re.compile(r"^([A-Za-z0-9_.-]+)(\[[a-z,-]+\])?==([^ ;\\]+)")


def pins(name: str) -> dict[str, str]:
    """What a lock pins: library to version."""
    lines = (ROOT / "requirements" / name).read_text().splitlines()
    return {match[1]: match[3] for line in lines if (match := PIN.match(line))}


def test_every_input_has_its_lock() -> None:
    inputs = {path.stem for path in (ROOT / "requirements").glob("*.in")}
    assert inputs == {name.removesuffix(".lock") for name in LOCKS}


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_no_address_and_no_folder_of_a_machine(name: str) -> None:
    text = (ROOT / "requirements" / name).read_text()
    assert "://" not in text
    assert "--index-url" not in text
    assert "--find-links" not in text
    # The header and the "via" lines would hold absolute paths if the lock were written from elsewhere.
    assert not re.search(r"^\s*#.*\s/\w", text, re.MULTILINE)


@pytest.mark.parametrize("name", LOCKS)
def test_every_pin_has_a_hash(name: str) -> None:
    text = (ROOT / "requirements" / name).read_text()
    blocks = re.split(r"\n(?=\S)", text)
    pinned = [block for block in blocks if PIN.match(block)]
    assert pinned
    assert [block.splitlines()[0] for block in pinned if "--hash=sha256:" not in block] == []


def test_the_locks_that_are_installed_together_agree() -> None:
    seen: dict[str, str] = {}
    for name in ("run.lock", "dev.lock", "setup.lock"):
        for library, version in pins(name).items():
            assert seen.setdefault(library, version) == version, f"{name} wants another {library}"


def test_the_lock_of_the_assets_names_no_address() -> None:
    text = (ROOT / "package-lock.json").read_text()
    packages = json.loads(text)["packages"]
    assert [name for name, package in packages.items() if "resolved" in package] == []
    assert [name for name, package in packages.items() if name and "integrity" not in package] == []


def test_nothing_that_somebody_else_built_is_kept_here() -> None:
    """Others' fonts, scripts and styles are fetched at set-up, checked by hash."""
    kept = [
        path.relative_to(ROOT).as_posix()
        for folder in ("app/static", "templates", "docs", "demo")
        for path in (ROOT / folder).rglob("*")
        if "built" not in path.parts and re.search(r"\.(min\.js|min\.css|woff2?|ttf|otf)$", path.name)
    ]
    assert kept == []
