"""What a PDF says to somebody who reads it."""

from __future__ import annotations

import shutil
import subprocess


def text_of_pdf(made: bytes) -> str:
    """All its words in one line, each space once."""
    assert shutil.which("pdftotext"), "pdftotext is not installed; ./run test brings it"
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=made, check=True, capture_output=True)
    return " ".join(done.stdout.decode().split())
