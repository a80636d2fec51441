"""What the pages of training ask for."""

from __future__ import annotations

from app.people.rights import Permission


class TrainingPermission(Permission):
    """Learning itself is open to everybody who is signed in; this is what is not."""

    READ_CERTIFICATES = "training:certificate:read"
