"""The asset build: from hashed locks, skipped when nothing changed, failing when a file is missing."""

from __future__ import annotations

import hashlib
import json
import re

import pytest

from app import assets
from app.pages.assets import BUILT, path_of
from app.settings import ROOT


def test_the_lock_of_packages_names_no_address_and_hashes_every_package() -> None:
    text = (ROOT / "package-lock.json").read_text()
    assert "://" not in text
    packages = {name: entry for name, entry in json.loads(text)["packages"].items() if name}
    assert packages
    assert [name for name, entry in packages.items() if not entry.get("integrity", "").startswith("sha512-")] == []


def test_a_second_build_does_nothing() -> None:
    assets.build()
    assert assets.build() is False


def test_every_built_name_contains_the_hash_of_its_content() -> None:
    names = json.loads((BUILT / "manifest.json").read_text())
    assert {"nightlight.css", "nightlight.js", "mark.svg", "atkinson-400.ttf", "atkinson-700.ttf"} <= set(names)
    for logical, name in names.items():
        assert hashlib.sha256((BUILT / name).read_bytes()).hexdigest()[:12] in name, logical


def test_the_style_sheet_asks_only_for_files_that_were_built() -> None:
    asked = re.findall(r'url\("?([^")]+)"?\)', path_of("nightlight.css").read_text())
    assert len(asked) >= 4
    assert [name for name in asked if not name.startswith("data:") and not (BUILT / name).exists()] == []


def test_an_unknown_asset_name_stops_the_build() -> None:
    with pytest.raises(assets.BuildFailed, match=r"names lost\.woff2"):
        assets._with_hashed_names('a{src:url("lost.woff2")}', assets.NAMED_IN_STYLE, {}, "nightlight.css")


def test_a_name_inside_another_name_is_left_alone() -> None:
    names = {"a.js": "a.123456789abc.js"}
    text = 'import { x } from "./a.js"; const words = "a.js";'
    hashed = assets._with_hashed_names(text, assets.NAMED_IN_SCRIPT, names, "b.js")
    assert hashed == 'import { x } from "./a.123456789abc.js"; const words = "a.js";'
