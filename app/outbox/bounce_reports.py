"""What a mail provider reports over the web about an e-mail that came back, signed as Standard Webhooks has it.

The headers `webhook-id`, `webhook-timestamp` and `webhook-signature` come with it; the signature is HMAC-SHA256 over
"id.timestamp.body" with the secret of `NIGHTLIGHT_BOUNCE_SECRET`. The body is JSON:

    {"type": "email.bounced",
     "data": {"message_id": "<out-…@rota.example.org>", "bounce": {"type": "Permanent", "status": "5.1.1"}}}
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from app.outbox.bounced_mail import Returned
from app.outbox.marks import uuid_of_message
from app.outbox.statuses import HARD, STATUS
from app.refusals import NotFound, Refusal

TOLERANCE = timedelta(minutes=5)  # as Standard Webhooks advises


class NotSigned(Refusal):
    """The signature is missing, wrong or old."""

    status: ClassVar[int] = 401
    title: ClassVar[str] = "This report is not signed as agreed"


def read(body: bytes, header: Callable[[str], str | None], secret: str, *, now: datetime) -> Returned | None:
    """What a report says; None for one about something else than an e-mail of ours that came back.

    `header` gives a header of the request by its name. Refuses a report without a valid signature of these five
    minutes; where there is no secret, there is no such address.
    """
    if not secret:
        raise NotFound("There is no such page.")
    _check_signature(body, header, secret, now)
    try:
        report: Any = json.loads(body)
        data, bounce = report["data"], report["data"].get("bounce", {})
        uuid = uuid_of_message(f"<{str(data['message_id']).strip('<>')}>")
        is_permanent = str(bounce.get("type", "")).lower() in ("permanent", "hard")
        found = STATUS.search(str(bounce.get("status", "")))
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    if report.get("type") != "email.bounced" or uuid is None:
        return None
    status = found[0] if found else None
    return Returned(uuid, is_hard=is_permanent and (status is None or status in HARD), status=status)


def sign(body: bytes, *, identity: str, timestamp: str, secret: str) -> str:
    """The signature of a report, without its version."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    return base64.b64encode(hmac.digest(key, f"{identity}.{timestamp}.".encode() + body, hashlib.sha256)).decode()


def _check_signature(body: bytes, header: Callable[[str], str | None], secret: str, now: datetime) -> None:
    identity, timestamp = header("webhook-id") or "", header("webhook-timestamp") or ""
    refused = NotSigned("Send it with the headers webhook-id, webhook-timestamp and webhook-signature.")
    try:
        at = datetime.fromtimestamp(int(timestamp), tz=UTC)
    except (ValueError, OverflowError, OSError):
        raise refused from None
    if abs(now - at) > TOLERANCE:
        raise refused
    wanted = sign(body, identity=identity, timestamp=timestamp, secret=secret).encode()
    given = [part.removeprefix("v1,") for part in (header("webhook-signature") or "").split() if part[:3] == "v1,"]
    if not any(hmac.compare_digest(wanted, each.encode("utf-8", "replace")) for each in given):
        raise refused
