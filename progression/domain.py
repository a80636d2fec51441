"""What progression brings to the application, as one record."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from app.domain import AdminLink, Domain, EvidenceKind, NavItem, PeopleLink, RequirementKind, RequirementWords
from app.jobs.scheduled_jobs import ScheduledJob
from app.people.models import Role
from app.policies.documents import PolicyKind
from progression import cards, demonstration, in_grace, notice_samples, preview
from progression.applying import applications
from progression.audit_words import PROGRESSION_WORDS
from progression.documents import asking
from progression.documents.shipped import DOCUMENTS
from progression.fact_kinds import FactKind, Recorder
from progression.first_steps import FIRST_STEPS
from progression.helping.panel import help_for
from progression.labels import unmeetable_requirements
from progression.lapsing import telling
from progression.left_out import not_asked_for, suggestions
from progression.listening import news as announcing
from progression.listening import pulses
from progression.notice_kinds import NOTICES
from progression.observing.observation_forms import SHIPPED as SHIPPED_FORMS
from progression.observing.observation_forms import ObservationForms, branches_not_here
from progression.pathway import COMPUTED, SHIPPED, Pathway
from progression.people_list import PEOPLE_COLUMNS, PEOPLE_FILTERS, PEOPLE_NOTES
from progression.permissions import ProgressionPermission
from progression.records.panel import records_about
from progression.road.commitment import SHIPPED as SHIPPED_COMMITMENT
from progression.road.commitment import Commitment
from progression.standing import stages_of
from progression.takeover import PROGRESSION_PART
from progression.views import (
    applying,
    branches,
    changing,
    changing_kept,
    documents,
    documents_written,
    helping,
    journey,
    lapsing,
    listening,
    news,
    observing,
    pathway,
    pipeline,
    pulse,
    records,
    road,
    sign_offs,
)
from progression.views.blueprint import (
    documents_bp,
    journey_bp,
    news_bp,
    pathway_bp,
    pulse_bp,
    sign_offs_bp,
    suggestions_bp,
)

# Importing these registers their routes on the blueprints.
VIEWS = (
    applying,
    branches,
    changing,
    changing_kept,
    documents,
    documents_written,
    helping,
    journey,
    lapsing,
    listening,
    news,
    observing,
    pathway,
    pipeline,
    pulse,
    records,
    road,
    sign_offs,
)


def texts_to_agree_to(key: str, now: datetime) -> RequirementWords | None:
    """The title and page of a document to agree to."""
    document = next((each for each in DOCUMENTS if each.key == key), None)
    return RequirementWords(document.title, f"/documents/{key}") if document else None


def documents_offered(now: datetime) -> list[tuple[str, str]]:
    """The documents that a pathway can ask people to agree to."""
    return [(document.key, document.title) for document in DOCUMENTS]


def doubts_about(pathway: Pathway, now: datetime) -> list[str]:
    """What is to be read before a pathway is kept: what nobody could meet, and documents listed by edition."""
    listed = [
        f"“{code}” lists editions of a document by number, so an edition published later never counts for it. Leave "
        "“edition” out, and the present edition counts."
        for code, need in pathway.requirements.items()
        if need.kind == FactKind.ACCEPTED and "edition" in need.facts
    ]
    return [*unmeetable_requirements(pathway, now), *listed]


def stage_names(ids: Collection[int], now: datetime) -> Mapping[int, str]:
    """Each person's stage as a plain word, for the core, which has no stages."""
    return dict(stages_of(ids, now))


FOR_ADMINISTRATORS = {ProgressionPermission.PUBLISH_DOCUMENTS}

RESOLVERS = {FactKind.ACCEPTED: texts_to_agree_to}
"""Of the kinds of requirement that have a page of their own, what finds it."""


PROGRESSION = Domain(
    name="progression",
    blueprints=(documents_bp, journey_bp, news_bp, pathway_bp, pulse_bp, sign_offs_bp, suggestions_bp),
    nav=(
        NavItem("Journey", "journey.show", icon="road", order=40),
        NavItem("Sign-offs", "sign_offs.index", icon="pen", order=30, audience=ProgressionPermission.SIGN_OFF),
        NavItem("News", "news.index", icon="paper", order=80),
    ),
    admin_links=(AdminLink("Documents people agree to", "documents.index"),),
    cards=(cards.your_way_back, cards.agree_again, cards.your_journey, cards.waiting_for_you),
    people_links=(
        PeopleLink("How people move on", "sign_offs.pipeline", ProgressionPermission.SEE_STANDING),
        PeopleLink("What lapses in the coming 12 weeks", "sign_offs.what_lapses", ProgressionPermission.RECORD),
    ),
    people_filters=PEOPLE_FILTERS,
    people_columns=PEOPLE_COLUMNS,
    people_notes=PEOPLE_NOTES,
    person_panels=(cards.where_they_stand, cards.evidence_about, cards.agreements_of),
    evidence_panels=(records_about, help_for),
    grants={
        Role.COORDINATOR: (
            ProgressionPermission.SEE_STANDING,
            ProgressionPermission.SEE_AGREEMENTS,
            ProgressionPermission.ANSWER_SUGGESTIONS,
            ProgressionPermission.ASK_PULSE,
            ProgressionPermission.ANNOUNCE,
        ),
        Role.LEAD: (ProgressionPermission.SEE_STANDING,),
        Role.TRAINER: (ProgressionPermission.SEE_STANDING, ProgressionPermission.WRITE_DOCUMENTS),
        Role.ASSESSOR: tuple(each for each in ProgressionPermission if each not in FOR_ADMINISTRATORS),
        Role.ADMIN: tuple(ProgressionPermission),
    },
    notices=NOTICES,
    notice_samples=notice_samples.samples,
    on_standing_lost=applications.on_standing_lost,
    scheduled_jobs=(
        ScheduledJob("progression: ask people to agree again", asking.ask_people, daily_at=asking.RUNS_AT),
        ScheduledJob("progression: ask short questions", pulses.tell_people, daily_at=pulses.ASKED_AT),
        ScheduledJob("progression: tell people of news", announcing.tell_people, every=timedelta(minutes=5)),
        ScheduledJob("progression: tell people what is new", in_grace.tell_people, daily_at=in_grace.RUNS_AT),
        ScheduledJob("progression: tell people what lapses", telling.tell_people, daily_at=telling.RUNS_AT),
    ),
    policies=(
        PolicyKind(
            "pathway",
            Pathway,
            SHIPPED,
            doubts=doubts_about,
            effects=in_grace.effects_of,
            could_ask=not_asked_for,
            suggestions=suggestions,
            preview=preview.preview,
            title="The pathway",
            lead="What each step from member to staff asks for, and each duty on a shift.",
            has_form=False,
            own_form="pathway.index",
        ),
        PolicyKind(
            "observation-forms",
            ObservationForms,
            SHIPPED_FORMS,
            doubts=branches_not_here,
            title="How shifts are observed",
            lead="What is looked at on a shift for each duty, who writes it down, and when it counts for a step.",
        ),
        PolicyKind(
            "commitment",
            Commitment,
            SHIPPED_COMMITMENT,
            title="Light touch and full commitment",
            lead="What each asks of people at a stage, as an expectation. They choose, and no clearance rests on it.",
        ),
    ),
    evidence_kinds=tuple(EvidenceKind(kind, kind.properties.label) for kind in FactKind),
    requirement_kinds=(
        *(
            RequirementKind(
                kind,
                RESOLVERS.get(kind),
                provided_by=kind.properties.provided_by,
                is_private=kind.properties.is_private,
                by_themselves=kind.properties.recorder is Recorder.THEMSELVES,
                offered=documents_offered if kind is FactKind.ACCEPTED else None,
            )
            for kind in FactKind
            if kind.properties.provided_by
        ),
        *(RequirementKind(kind, is_computed=True) for kind in sorted(COMPUTED)),
    ),
    audit_words=PROGRESSION_WORDS,
    stages_of=stage_names,
    first_steps=FIRST_STEPS,
    demonstration_steps=demonstration.STEPS,
    takeover_parts=(PROGRESSION_PART,),
)
