"""The letters that were carried to files, as their readers see them."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path


def letters_in(folder: Path) -> list[str]:
    """Each letter's address, subject and plain words, in the order they were sent."""
    files = sorted((folder / "mail").glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
    found = []
    for path in files:
        letter = message_from_bytes(path.read_bytes(), _class=EmailMessage, policy=policy.default)
        body = letter.get_body(("plain",))
        assert body is not None
        found.append(f"To: {letter['To']}\nSubject: {letter['Subject']}\n\n{body.get_content()}")
    return found


def address_in(letter: str) -> str:
    """The path of the one page of ours that a letter leads to."""
    found = re.search(r"http://127\.0\.0\.1:8000(/\S+)", letter)
    assert found
    return found[1]
