"""The one response in which a stored file leaves: a download in a sandbox."""

from __future__ import annotations

from datetime import datetime

from flask import Response

from app.files import store
from app.files.models import StoredFile

# Even opened on its own, it has no origin, runs nothing, and is never shown within a page of ours.
SANDBOX = "sandbox; default-src 'none'; frame-ancestors 'none'"


def response_to(file: StoredFile, name: str, *, by: int, now: datetime) -> Response:
    """The file as a download, on record; `name` is ours and without an ending. Refuses as `store.opened` does."""
    kind = file.kind
    response = Response(store.opened(file, by=by, now=now), mimetype=kind.mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{kind.ending}"'
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
