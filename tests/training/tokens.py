"""An award and its token, and what is in a token without verifying it."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from tests.times import NOW
from training.badges import Award
from training.signing_keys import PublicKey, SigningKey

AWARD = Award(
    public_url="https://rota.example.org",
    organisation="Harbour Lane Community",
    code="7K4Q92TD7K4Q92TD7K4Q92TD7K",
    subject_urn="urn:uuid:0c5c3c8e-3c5e-4c9e-8d5e-5d5f5a5b5c5d",
    email="wren@example.org",
    printed_name="Wren Okafor",
    title="Understanding conflict",
    version_number=3,
    content_hash="a" * 64,
    course_code="conflict",
    summary="How arguments grow.",
    criteria="Passed every step.",
    awarded_at=NOW + timedelta(microseconds=123_456),
    valid_until=NOW + timedelta(days=730),
    status_list=1,
    status_index=4711,
)


def found_by(key: SigningKey) -> Callable[[str], PublicKey | None]:
    return lambda kid: key.published if kid == key.kid else None


def part(token: str, number: int) -> dict[str, Any]:
    text = token.split(".")[number]
    decoded: dict[str, Any] = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    return decoded
