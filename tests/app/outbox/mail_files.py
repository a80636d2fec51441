"""The e-mails that the file transport wrote, as their recipients see them."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path


def emails_in(folder: Path) -> list[str]:
    """Each e-mail's address, subject and plain text, in the order they were sent."""
    files = sorted((folder / "mail").glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
    emails = []
    for path in files:
        email = message_from_bytes(path.read_bytes(), _class=EmailMessage, policy=policy.default)
        body = email.get_body(("plain",))
        assert body is not None
        emails.append(f"To: {email['To']}\nSubject: {email['Subject']}\n\n{body.get_content()}")
    return emails


def link_in(email: str) -> str:
    """The path of the one link to the application in an e-mail."""
    found = re.search(r"http://127\.0\.0\.1:8000(/\S+)", email)
    assert found
    return found[1]
