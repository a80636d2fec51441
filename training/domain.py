"""What training brings to the application, as one record."""

from __future__ import annotations

from datetime import timedelta

from app.domain import DemonstrationStep, Domain, EvidenceKind, NavItem, RequirementKind
from app.jobs.scheduled_jobs import ScheduledJob
from app.people.models import Role
from app.policies.documents import PolicyKind
from training import cards, catalogue, demonstration, notice_samples, time_over, updates
from training.audit_words import TRAINING_WORDS
from training.bulk.bundles import PRINT_CERTIFICATES
from training.commands import training_group
from training.first_steps import FIRST_STEPS
from training.guided import prompts
from training.live import standing
from training.live.booking import fill_places, sessions_taken
from training.live.reminders import remind_people as remind_of_sessions
from training.lost_keys import certificates_without_their_key
from training.models import EVIDENCE_KIND
from training.notice_kinds import NOTICES
from training.permissions import TrainingPermission
from training.practicals import passes, rubrics
from training.practicals import reminders as practical_reminders
from training.programme import due
from training.programme import order as programme
from training.reminders import RUNS_AT, remind_people, tell_who_is_asked
from training.standing_lost import on_standing_lost
from training.takeover import TRAINING_PART
from training.views import (
    assigned,
    bulk,
    certificates,
    elsewhere,
    first_visit,
    guided,
    installed,
    learning,
    live,
    live_leading,
    marking,
    matrix,
    more_time,
    practicals,
    practice,
    public,
    spaced_practice,
    statistics,
    transcript,
    tries,
    where_people_go_wrong,
    write_courses,
    write_files,
    write_parts,
    write_play,
    write_publish,
    write_questions,
)
from training.views.blueprint import (
    authoring_bp,
    certificates_bp,
    elsewhere_bp,
    learning_bp,
    live_bp,
    public_bp,
    to_mark_bp,
)

# Importing these registers their routes on the blueprints.
VIEWS = (
    assigned,
    bulk,
    certificates,
    elsewhere,
    first_visit,
    guided,
    installed,
    learning,
    live,
    live_leading,
    marking,
    matrix,
    practicals,
    more_time,
    practice,
    public,
    spaced_practice,
    statistics,
    transcript,
    tries,
    where_people_go_wrong,
    write_courses,
    write_files,
    write_parts,
    write_play,
    write_publish,
    write_questions,
)

NOT_FOR_ADMINISTRATORS = {TrainingPermission.READ_REFLECTIONS, TrainingPermission.MARK}
"""What somebody opened to a trainer or an assessor, and not to the people who run the installation."""

TRAINING = Domain(
    name="training",
    blueprints=(learning_bp, authoring_bp, certificates_bp, elsewhere_bp, live_bp, public_bp, to_mark_bp),
    nav=(
        NavItem("Learning", "learning.index", icon="book", order=10),
        NavItem(
            "To mark",
            "to_mark.index",
            icon="paper",
            order=28,
            audience=TrainingPermission.MARK,
        ),
        NavItem("Training", "learning.matrix", icon="tick", order=50, audience=TrainingPermission.SEE_MATRIX),
        NavItem("Sessions", "live.index", icon="clock", order=52, audience=TrainingPermission.HOLD_SESSIONS),
        NavItem("Courses", "authoring.index", icon="pen", order=55, audience=TrainingPermission.WRITE),
    ),
    cards=(cards.carry_on_learning, cards.what_slipped_by, cards.elsewhere_waits, cards.practicals_wait),
    person_panels=(cards.training_of,),
    evidence_panels=(cards.learned_by,),
    grants={
        Role.TRAINER: tuple(TrainingPermission),
        Role.ASSESSOR: (
            TrainingPermission.READ_CERTIFICATES,
            TrainingPermission.ACCEPT_ELSEWHERE,
            TrainingPermission.READ_REFLECTIONS,
            TrainingPermission.SEE_WHERE_PEOPLE_GO_WRONG,
            TrainingPermission.ASSIGN,
            TrainingPermission.SEE_MATRIX,
            TrainingPermission.MARK,
            TrainingPermission.LEAD_GROUPS,
        ),
        Role.ADMIN: tuple(each for each in TrainingPermission if each not in NOT_FOR_ADMINISTRATORS),
    },
    notices=NOTICES,
    notice_samples=notice_samples.samples,
    scheduled_jobs=(
        ScheduledJob("training: remind people of lapsing training", run=remind_people, daily_at=RUNS_AT),
        ScheduledJob("training: tell people what a new version asks of them", run=tell_who_is_asked, daily_at=RUNS_AT),
        ScheduledJob("training: remind people of courses they were asked for", run=due.remind_people, daily_at=RUNS_AT),
        ScheduledJob("training: tell markers what waits", run=practical_reminders.tell_markers, daily_at=RUNS_AT),
        ScheduledJob(
            "training: record practicals passed before they were evidence",
            run=passes.record_earlier_passes,
            daily_at=RUNS_AT,
        ),
        ScheduledJob(
            "training: delete old words of practicals", run=practical_reminders.delete_old_words, daily_at=RUNS_AT
        ),
        ScheduledJob("training: end tries whose time is over", run=time_over.end_all, every=time_over.EVERY),
        ScheduledJob("training: tell people that a part has opened", run=prompts.prompt_people, daily_at=RUNS_AT),
        ScheduledJob("training: remind people of live sessions", run=remind_of_sessions, every=timedelta(minutes=5)),
        ScheduledJob("training: fill places in live sessions", run=fill_places, every=timedelta(minutes=5)),
    ),
    policies=(
        PolicyKind(
            "learning-programme",
            programme.Programme,
            programme.SHIPPED,
            doubts=programme.courses_not_here,
            title="The order of courses",
            lead="Which course comes when, and which are passed before another is begun.",
        ),
        PolicyKind(
            "practical-rubrics",
            rubrics.PracticalRubrics,
            rubrics.SHIPPED,
            doubts=rubrics.too_few_markers,
            title="How practicals are marked",
            lead="What is looked at in the practical of each duty, by how many people, and how it goes on.",
        ),
    ),
    commands=(training_group,),
    on_standing_lost=on_standing_lost,
    first_steps=FIRST_STEPS,
    installation_checks=(certificates_without_their_key,),
    evidence_kinds=(EvidenceKind(EVIDENCE_KIND, "Training"), EvidenceKind(passes.EVIDENCE_KIND, "Practical")),
    requirement_kinds=(
        RequirementKind(
            EVIDENCE_KIND,
            catalogue.requirement_words,
            provided_by="they finish it under Learning",
            is_private=False,
            renewing=updates.renewing,
            by_themselves=True,
            offered=catalogue.offered,
        ),
        RequirementKind(
            passes.EVIDENCE_KIND,
            passes.requirement_words,
            provided_by="they do it under Learning, and a trainer marks it",
            is_private=False,
            by_themselves=True,
            offered=passes.offered,
        ),
    ),
    tasks=(PRINT_CERTIFICATES,),
    would_be_lost=standing.would_be_lost,
    taken_times=sessions_taken,
    calendar_entries=standing.calendar_entries,
    audit_words=TRAINING_WORDS,
    demonstration_steps=(DemonstrationStep(order=20, load=demonstration.load),),
    takeover_parts=(TRAINING_PART,),
)
