"""Certificates that nobody can check any more, because the key that signed them is not in the key folder."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from app import db, settings
from training import badges, signing_keys
from training.models import Certificate


def certificates_without_their_key(_now: datetime) -> Sequence[str]:
    """A sentence for `nightlight doctor` where certificates are signed with a key that is not in the folder."""
    keys = settings.current().keys
    held = {key.kid for key in signing_keys.all_keys(keys)}
    tokens = db.session.scalars(select(Certificate.token).execution_options(yield_per=500))
    orphans = sum(badges.key_id(token) not in held for token in tokens)
    if not orphans:
        return []
    how_many = "A certificate is" if orphans == 1 else f"{orphans} certificates are"
    return [
        f"{how_many} signed with a key that is not in the key folder {keys}, so the check page says “not one of ours”. "
        "Put the folder back from a backup."
    ]
