"""The built assets: their paths and URLs by logical name.

Each file's name contains its content's hash, so that browsers can cache it for ever; `manifest.json` maps logical names
to files.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

from app.settings import ROOT

BUILT = ROOT / "app" / "static" / "built"
# What certificates are printed with where Atkinson Hyperlegible lacks a character: (package, part), in bold.
SCRIPTS = (
    *(("noto-sans", part) for part in ("latin-ext", "vietnamese", "greek", "greek-ext", "cyrillic", "cyrillic-ext")),
    *((f"noto-sans-{part}", part) for part in ("arabic", "bengali", "devanagari", "hebrew", "tamil", "thai")),
    ("noto-emoji", "emoji"),
)
IDEOGRAPHS = "droid-cjk.ttf"  # Chinese, Japanese and Korean in one file of 3 MB, in one weight; Noto has 130 MB of them


class NotBuilt(RuntimeError):
    """The assets are not built; `./run assets` builds them."""


@lru_cache
def _manifest() -> dict[str, str]:
    path = BUILT / "manifest.json"
    if not path.exists():
        raise NotBuilt("The pages' style and scripts are not built yet. Run ./run assets.")
    names: dict[str, str] = json.loads(path.read_text())
    return names


def path_of(logical: str) -> Path:
    """The file of a logical name, such as `atkinson-400.ttf`."""
    return BUILT / _built_name(logical)


def url_of(logical: str) -> str:
    """The URL of a logical name, such as `nightlight.css`."""
    return f"/static/built/{_built_name(logical)}"


def _built_name(logical: str) -> str:
    try:
        return _manifest()[logical]
    except KeyError:
        raise NotBuilt(f"The assets were built before {logical} was among them. Run ./run assets.") from None
