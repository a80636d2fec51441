"""Built files: where they lie and under which name they are served.

The build gives every file a name with its content's hash in it, so browsers may keep it for ever; `manifest.json`
says which logical name is which file.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

from app.settings import ROOT

BUILT = ROOT / "app" / "static" / "built"


class NotBuilt(RuntimeError):
    """The assets were not built; `./run assets` does it."""


@lru_cache
def _manifest() -> dict[str, str]:
    path = BUILT / "manifest.json"
    if not path.exists():
        raise NotBuilt("The pages' style and scripts are not built yet. Run ./run assets.")
    names: dict[str, str] = json.loads(path.read_text())
    return names


def path_of(logical: str) -> Path:
    """The file of a logical name, such as `atkinson-400.ttf`."""
    return BUILT / _manifest()[logical]


def url_of(logical: str) -> str:
    """The address of a logical name, such as `nightlight.css`."""
    return f"/static/built/{_manifest()[logical]}"
