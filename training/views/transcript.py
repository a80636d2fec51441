"""The transcript of one's own learning, and of others for people who may read certificates."""

from __future__ import annotations

from flask import g, render_template, url_for
from flask.typing import ResponseReturnValue

from app import clock, settings
from app.people import directory
from app.people.models import Person
from app.permissions import current_person, requires, signed_in
from app.trail.reads import record_reading
from training import certificate_pdf, transcript
from training.permissions import TrainingPermission
from training.views.blueprint import learning_bp


@learning_bp.get("/transcript")
@signed_in
def my_transcript() -> ResponseReturnValue:
    return _page(current_person())


@learning_bp.get("/transcript/<int:person_id>")
@requires(TrainingPermission.READ_CERTIFICATES)
def transcript_of(person_id: int) -> ResponseReturnValue:
    about = directory.find(person_id)
    record_reading("training.transcript-read", of=about.id, by=current_person().id, now=clock.now())
    return _page(about)


def _page(about: Person) -> ResponseReturnValue:
    found = transcript.transcript_of(about, now=g.now)
    return render_template(
        "training/transcript.html",
        found=found,
        is_of_another=about.id != current_person().id,
        learning_time=certificate_pdf.learning_time,
        verify_at=f"{settings.current().public_url}{url_for('public.ask')}",
    )
