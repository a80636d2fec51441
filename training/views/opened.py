"""When a page of a unit was opened: signed into its form, and read back when the form is sent."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import g, request
from itsdangerous import BadData, URLSafeSerializer

from app import clock, settings
from app.pages import asked
from app.permissions import current_person
from training import unit_time
from training.learning import CourseProgress
from training.pack import Unit
from training.views.blueprint import learning_bp

FIELD = "opened"


@learning_bp.app_template_global()
def opened_at(progress: CourseProgress, unit: Unit) -> str:
    """The value of the hidden field; on a page that is shown again with errors, the one that was sent."""
    sent = asked.words_sent(FIELD) if request.method == "POST" else ""
    if sent and _read(sent, unit.slug) is not None:
        return sent
    return str(_signer().dumps([progress.enrolment.id, unit.slug, int(g.now.timestamp())]))


def count_time(slug: str) -> None:
    """Count the time since the page of this unit was opened; within the transaction of what the form does.

    A form without the field, or with one that we did not sign, counts nothing.
    """
    opened = _read(asked.words_sent(FIELD), slug)
    if opened is not None:
        enrolment_id, at = opened
        unit_time.count(enrolment_id, slug, at, person_id=current_person().id, now=clock.now())


def _read(sent: str, slug: str) -> tuple[int, datetime] | None:
    try:
        enrolment_id, of, seconds = _signer().loads(sent)
    except (BadData, ValueError):
        return None
    return (enrolment_id, datetime.fromtimestamp(seconds, UTC)) if of == slug else None


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(settings.current().secret_key, salt="training.opened-at")
