"""A pack as one file: a draft to take away as a ZIP, and a ZIP to read as a pack, in a child process with limits."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Mapping

from app.process_limits import bare_environment
from app.refusals import Invalid
from app.settings import ROOT
from training.pack import Pack

LARGEST = 2_000_000  # bytes of the archive; the courses that ship have some 40,000 each
MOST_FILES = 50
MOST_UNPACKED = 8_000_000  # bytes of all files together
CHILD_SECONDS = 20
CHILD_PROCESSOR_SECONDS = 15
CHILD_MEMORY = 768 * 1024 * 1024
MOST_FAULTS = 50  # shown; what is wrong in so many places is mended in its files

EMPTY = "There is nothing in this file. Please choose it again."
TOO_LARGE = f"This file is larger than {LARGEST // 1_000_000} MB. A pack is text alone: look at what else is in it."
NO_ARCHIVE = "This is not a ZIP archive, or it is damaged. Make it again from the folder of the pack, and choose it."
FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # of each file in an archive, so that the same draft makes the same file


def archive_of(folder: str, files: Mapping[str, bytes]) -> bytes:
    """A ZIP of these files, in a folder of this name. The same files make the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(f"{folder}/{name}", FIRST_DAY), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def read_archive(raw: bytes) -> Pack:
    """The pack in a ZIP: its files, or one folder with them. Refuses it whole, with each fault's file and line.

    It takes up to 20 seconds, so it is called outside every transaction.
    """
    if not raw:
        raise Invalid(EMPTY, field="file")
    if len(raw) > LARGEST:
        raise Invalid(TOO_LARGE, field="file")
    command = [sys.executable, "-m", "training.authoring.pack_file_child"]
    try:
        child = subprocess.run(
            command,
            input=raw,
            capture_output=True,
            timeout=CHILD_SECONDS,
            cwd=ROOT,
            env=bare_environment(),
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Invalid(NO_ARCHIVE, field="file") from None
    if child.returncode or not child.stdout:
        raise Invalid(NO_ARCHIVE, field="file")
    answer = json.loads(child.stdout)
    if refused := answer.get("refused"):
        raise Invalid(*refused, field="file")
    return Pack.model_validate_json(answer["pack"])
