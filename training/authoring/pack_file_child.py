"""The child process that reads a pack from a ZIP: its bytes come on standard input, a line of JSON is the answer.

It limits itself before it looks at the file; what breaks the limits ends the process, and its parent says so.
"""

from __future__ import annotations

import io
import json
import sys
import zipfile
import zlib

from app.process_limits import limit
from training.authoring.pack_file import (
    CHILD_MEMORY,
    CHILD_PROCESSOR_SECONDS,
    MOST_FAULTS,
    MOST_FILES,
    MOST_UNPACKED,
    NO_ARCHIVE,
)
from training.pack_reader import COURSE_FILE, MOST_BYTES, PackHasFaults, read_files

SYMBOLIC_LINK = 0o120000
KIND = 0o170000


class Refused(Exception):
    """The archive cannot be read as a pack; the sentence says why."""


def main() -> None:
    """Read the archive on standard input and write the answer."""
    limit(memory=CHILD_MEMORY, processor_seconds=CHILD_PROCESSOR_SECONDS)
    raw = sys.stdin.buffer.read()
    answer: dict[str, object]
    try:
        answer = {"pack": read_files(unpacked(raw)).model_dump_json()}
    except PackHasFaults as refusal:
        shown = [str(fault) for fault in refusal.faults[:MOST_FAULTS]]
        more = len(refusal.faults) - len(shown)
        answer = {"refused": [*shown, *([f"And {more} more."] if more else [])]}
    except Refused as refusal:
        answer = {"refused": [str(refusal)]}
    except (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, OSError, ValueError):
        answer = {"refused": [NO_ARCHIVE]}
    sys.stdout.write(json.dumps(answer))


def unpacked(raw: bytes) -> dict[str, bytes]:
    """The files of an archive by name; refuses too many or too much of them, links, and folders within folders."""
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        if len(entries) > MOST_FILES:
            raise Refused(f"There are more than {MOST_FILES} files in this archive. A pack has one for each unit.")
        if any((entry.external_attr >> 16) & KIND == SYMBOLIC_LINK for entry in entries):
            raise Refused("There is a link in this archive. Put the file itself there instead.")
        folders = {entry.filename.rpartition("/")[0] for entry in entries}
        if len(folders) > 1 or any("/" in folder or folder in (".", "..") for folder in folders):
            raise Refused("The files of a pack stand in one folder. Take the others out of this archive.")
        if COURSE_FILE not in {entry.filename.rpartition("/")[2] for entry in entries}:
            raise Refused(f"There is no {COURSE_FILE} in this archive. Make it from the folder of a pack.")
        files: dict[str, bytes] = {}
        for entry in entries:
            name = entry.filename.rpartition("/")[2]
            if name in files:
                raise Refused(f"“{name[:80]}” is in this archive twice. Take one of them out.")
            with archive.open(entry) as file:
                files[name] = file.read(MOST_BYTES + 1)  # never more than this is unpacked, whatever the entry says
            if sum(len(content) for content in files.values()) > MOST_UNPACKED:
                raise Refused(
                    f"This archive unpacks to more than {MOST_UNPACKED // 1_000_000} MB. A pack is text alone."
                )
        return files


if __name__ == "__main__":
    main()
