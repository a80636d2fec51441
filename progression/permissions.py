"""What the pages of this room ask for."""

from __future__ import annotations

from app.people.rights import Permission


class ProgressionPermission(Permission):
    """Stages and clearances are for who plans; evidence only for who decides."""

    SEE_STANDING = "progression:standing:see"
    SEE_EVIDENCE = "progression:evidence:see"
    RECORD = "progression:evidence:record"
    SIGN_OFF = "progression:step:sign-off"
