"""What a file from a person is, and the form in which it is kept; everything else is refused with a sentence.

Its content says what it is, not its name. It is taken apart in a child process with limits (`inspection_child`).
Pictures are drawn again, without anything but the picture: no place and time of a photograph, nothing after its end.
A PDF is kept byte for byte, so that a signature in it stays good; it is refused if it could do more than be read.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from dataclasses import dataclass

from app.files.kinds import CHILD_SECONDS, LARGEST_FILE, FileKind
from app.process_limits import KILLED_FOR_SIZE, bare_environment
from app.refusals import Invalid
from app.settings import ROOT

EMPTY = "There is nothing in this file. Please choose it again; perhaps it was still being written."
TOO_LARGE = (
    f"This file is larger than {LARGEST_FILE // 1_000_000} MB. Photograph or scan it again with fewer pixels, or save "
    "it as a smaller PDF."
)
OTHER_KIND = "This is neither a PDF nor a picture as PNG or JPEG, whatever its name says. Save it as one of these."
TOO_MUCH = "This file unpacks to more than we take. Print it to a new PDF, or take a photograph of it."
DAMAGED = "This file is damaged or not complete, so it cannot be opened. Save it again, and choose the new one."
STARTS = {b"%PDF-": FileKind.PDF, b"\x89PNG\r\n\x1a\n": FileKind.PNG, b"\xff\xd8\xff": FileKind.JPEG}


@dataclass(frozen=True)
class Inspected:
    """What a file is, and its content as it is kept."""

    kind: FileKind
    content: bytes


def inspect(raw: bytes) -> Inspected:
    """Decide what a file from a person is; refuses everything that is not a plain PDF, PNG or JPEG within the bounds.

    It takes up to 20 seconds, so it is called outside every transaction.
    """
    if not raw:
        raise Invalid(EMPTY, field="file")
    if len(raw) > LARGEST_FILE:
        raise Invalid(TOO_LARGE, field="file")
    kind = next((kind for start, kind in STARTS.items() if raw.startswith(start)), None)
    if kind is None:
        raise Invalid(OTHER_KIND, field="file")
    return Inspected(kind, _in_child(raw, kind))


def _in_child(raw: bytes, kind: FileKind) -> bytes:
    """Let a child process look at the file: its answer is a line of JSON, and the content to keep."""
    command = [sys.executable, "-m", "app.files.inspection_child", kind.value]
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
        said, status = child.stdout, child.returncode
    except subprocess.TimeoutExpired:
        said, status = b"", -signal.SIGKILL
    line, _, content = said.partition(b"\n")
    if status or not line:
        raise Invalid(TOO_MUCH if status in KILLED_FOR_SIZE else DAMAGED, field="file")
    answer = json.loads(line)
    if refused := answer.get("refused"):
        raise Invalid(refused, field="file")
    return content
