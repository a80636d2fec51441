"""The transcript of one's own learning, and of others for people who may read certificates: as a page and as a PDF."""

from __future__ import annotations

from flask import Response, g, render_template, url_for
from flask.typing import ResponseReturnValue

from app import clock, db, settings
from app.pages import asked
from app.people import directory
from app.people.models import Person
from app.people.printed_names import check_name, names_to_print
from app.permissions import current_person, requires, signed_in
from app.trail.reads import record_reading
from training import certificate_pdf, transcript, transcript_pdf, unit_time
from training.permissions import TrainingPermission
from training.views.blueprint import learning_bp


@learning_bp.get("/transcript")
@signed_in
def my_transcript() -> ResponseReturnValue:
    return _page(current_person(), names_to_print(current_person(), now=g.now))


@learning_bp.get("/transcript.pdf")
@signed_in
def my_transcript_pdf() -> ResponseReturnValue:
    names = names_to_print(current_person(), now=g.now)
    return _pdf(current_person(), names[-1] if asked.is_there("legal") else names[0])


@learning_bp.get("/transcript/<int:person_id>")
@requires(TrainingPermission.READ_CERTIFICATES)
def transcript_of(person_id: int) -> ResponseReturnValue:
    about = _read(person_id)
    return _page(about, [transcript_pdf.name_on_certificates(about)])


@learning_bp.get("/transcript/<int:person_id>.pdf")
@requires(TrainingPermission.READ_CERTIFICATES)
def transcript_of_pdf(person_id: int) -> ResponseReturnValue:
    about = _read(person_id)
    return _pdf(about, transcript_pdf.name_on_certificates(about))


def _read(person_id: int) -> Person:
    about = directory.find(person_id)
    record_reading("training.transcript-read", of=about.id, by=current_person().id, now=clock.now())
    return about


def _page(about: Person, names: list[str]) -> ResponseReturnValue:
    return render_template(
        "training/transcript.html",
        found=transcript.transcript_of(about, now=g.now),
        names=names,
        is_of_another=about.id != current_person().id,
        learning_time=certificate_pdf.learning_time,
        took=unit_time.of_person(about.id) if about.id == current_person().id else 0,
        verify_at=_verify_at(),
    )


def _pdf(about: Person, name: str) -> ResponseReturnValue:
    check_name(name)
    found, verify_at = transcript.transcript_of(about, now=g.now), _verify_at()
    file_name = f"nightlight-transcript-{found.today.isoformat()}.pdf"
    db.session.rollback()  # Drawing takes a while; no transaction stays open meanwhile.
    headers = {"Content-Disposition": f'inline; filename="{file_name}"'}
    return Response(transcript_pdf.render(found, name, verify_at), mimetype="application/pdf", headers=headers)


def _verify_at() -> str:
    return f"{settings.current().public_url}{url_for('public.ask')}"
