"""What the rota registers with the core."""

from __future__ import annotations

from datetime import time, timedelta
from functools import partial

from app.domain import Domain, EvidenceKind, NavItem, RequirementKind
from app.jobs.scheduled_jobs import ScheduledJob
from app.jobs.tasks import TaskKind
from app.people.models import Role
from app.policies.documents import PolicyKind
from progression.worked import WORKED
from rota import notice_samples
from rota.ahead import forecasts
from rota.ahead.gap_digest import tell_planners
from rota.audit_words import ROTA_WORDS
from rota.cards import (
    next_shift,
    not_reached,
    open_shifts,
    shifts_so_far,
    support_for_you,
    upcoming_gaps,
    your_commitment,
    your_pause,
)
from rota.commands import rota_commands
from rota.demonstration import STEPS_OF_LOADING
from rota.duty.colleagues import colleagues_lately
from rota.duty.on_call_gaps import alarm, nobody_on_call
from rota.duty.on_duty import ON_CALL, may_ring, on_call_for
from rota.duty.seats_seen import seats_had, seats_seen
from rota.exchanges import policy as exchange_policy
from rota.exchanges.ending import end_those_that_are_over
from rota.first_steps import FIRST_STEPS
from rota.notice_kinds import NOTICES
from rota.offering.ask_reminders import tell_and_remind
from rota.people_list import PEOPLE_COLUMNS, PEOPLE_FILTERS, PEOPLE_NOTES
from rota.permissions import RotaPermission
from rota.planning import bank_holidays, proposals, rules_preview, smallest_change, vacated_seats
from rota.planning.missing_requirements import missing_for_duties
from rota.planning.person_panel import for_planning, keeping_pairs, statement_of_service, who_leaves
from rota.planning.zone_of_patterns import move_zone, zone_stays
from rota.scheduling.rules.policy import DEFAULTS, RotaRules
from rota.scheduling.rules.policy_checks import cautions, contradictions, not_in_use
from rota.scheduling.rules.policy_words import GROUPS
from rota.shifts.calendar_feed import shifts_in_calendar
from rota.shifts.offered_back import offer_back
from rota.shifts.offers import ask_people
from rota.shifts.part_asking import ask_about_parts
from rota.shifts.releasing import on_standing_lost, sweep, sweep_soon, would_be_lost
from rota.shifts.reminders import remind_people
from rota.shifts.taken import shifts_taken
from rota.store.absences import away_times_of
from rota.store.availability import week_in_other_zone
from rota.store.snapshot import SUPPLIED
from rota.takeover import ROTA_PART
from rota.views import (
    answers,
    asked_on_behalf,
    availability,
    availability_asks,
    calendar_feed,
    channels,
    cover_and_duty,
    draft_steps,
    exchanges,
    exports,
    filling,
    forecast,
    four_weeks,
    leaving,
    limits,
    offering,
    on_behalf,
    other_shifts,
    pairs,
    parts,
    pausing,
    planner,
    publish,
    removing_rotas,
    reports,
    said_of_shifts,
    shifts,
    shifts_of_rota,
    special_days,
    standing_seats,
    statement,
    version_history,
    wishes,
    worked,
    writing,
)
from rota.views import (
    smallest_change as smallest_change_pages,
)
from rota.views.blueprint import bp
from rota.worked.recording import record_worked

# Importing these modules registers their routes on the blueprint.
PAGES = (
    answers,
    asked_on_behalf,
    availability,
    availability_asks,
    calendar_feed,
    channels,
    cover_and_duty,
    draft_steps,
    exchanges,
    exports,
    filling,
    forecast,
    four_weeks,
    leaving,
    limits,
    offering,
    on_behalf,
    other_shifts,
    pairs,
    parts,
    pausing,
    planner,
    publish,
    removing_rotas,
    reports,
    said_of_shifts,
    shifts,
    shifts_of_rota,
    smallest_change_pages,
    special_days,
    standing_seats,
    statement,
    version_history,
    wishes,
    worked,
    writing,
)

ROTA = Domain(
    name="rota",
    blueprints=(bp,),
    nav=(
        NavItem("Shifts", "rota.shifts", icon="moon", order=20),
        NavItem("Rota", "rota.index", icon="grid", order=30, audience=RotaPermission.PLAN),
        NavItem("Cover", "rota.show_cover", icon="bars", order=40, audience=RotaPermission.SEE_COVER),
        NavItem("On duty", "rota.duty", icon="bell", order=60),
    ),
    cards=(next_shift, not_reached, open_shifts, upcoming_gaps),
    journey_cards=(your_commitment, your_pause),
    support_cards=(support_for_you,),
    people_filters=PEOPLE_FILTERS,
    people_columns=PEOPLE_COLUMNS,
    people_notes=PEOPLE_NOTES,
    person_panels=(who_leaves, for_planning, missing_for_duties, statement_of_service, keeping_pairs),
    evidence_panels=(shifts_so_far,),
    grants={
        Role.COORDINATOR: (
            RotaPermission.PLAN,
            RotaPermission.PUBLISH,
            RotaPermission.SEE_COVER,
            RotaPermission.SEE_WHO,
            RotaPermission.READ_STATEMENTS,
        ),
        Role.ADMIN: (RotaPermission.KEEP_PAIRS, RotaPermission.READ_STATEMENTS),
        Role.ASSESSOR: (RotaPermission.KEEP_PAIRS, RotaPermission.READ_STATEMENTS),
        Role.LEAD: (RotaPermission.SEE_COVER, RotaPermission.SEE_WHO, RotaPermission.RING),
    },
    notices=NOTICES,
    notice_samples=notice_samples.samples,
    scheduled_jobs=(
        ScheduledJob("rota: remind people of shifts", run=remind_people, every=timedelta(minutes=5)),
        ScheduledJob("rota: ask people whom open seats fit", run=ask_people, every=timedelta(minutes=5)),
        ScheduledJob("rota: ask people whom offered hours fit", run=ask_about_parts, every=timedelta(minutes=5)),
        ScheduledJob(
            "rota: end changes of shifts that are over", run=end_those_that_are_over, every=timedelta(minutes=5)
        ),
        ScheduledJob("rota: ask people for their times", run=tell_and_remind, every=timedelta(minutes=5)),
        ScheduledJob("rota: alarm about hours with nobody on call", run=alarm, every=timedelta(minutes=5)),
        ScheduledJob("rota: tell planners of gaps", run=tell_planners, every=timedelta(minutes=5)),
        ScheduledJob("rota: look at the coming twelve weeks", run=forecasts.look_nightly, daily_at=time(5, 30)),
        ScheduledJob("rota: enter the coming bank holidays", run=bank_holidays.enter_daily, daily_at=time(4, 30)),
        ScheduledJob("rota: offer released seats back", run=offer_back, every=timedelta(minutes=5)),
        ScheduledJob("rota: record shifts that were worked", run=record_worked, every=timedelta(minutes=15)),
        ScheduledJob("rota: release lapsed seats", run=sweep, daily_at=time(5, 0)),
        ScheduledJob("rota: release lapsed seats of the coming day", run=sweep_soon, every=timedelta(minutes=5)),
    ),
    tasks=(
        TaskKind(
            name=proposals.KIND,
            prepare=proposals.prepare,
            work="rota.scheduling.proposal_task:run_task",
            save=proposals.keep,
        ),
        TaskKind(
            name=vacated_seats.KIND,
            prepare=vacated_seats.prepare,
            work="rota.scheduling.replan_task:run_task",
            save=vacated_seats.keep,
        ),
        TaskKind(
            name=smallest_change.KIND,
            prepare=smallest_change.prepare,
            work="rota.scheduling.replan_task:run_task",
            save=smallest_change.keep,
        ),
        TaskKind(
            name=forecasts.KIND,
            prepare=forecasts.prepare,
            work="rota.scheduling.ahead_task:run_task",
            save=forecasts.keep,
        ),
    ),
    commands=(rota_commands,),
    policies=(
        PolicyKind(
            "rota-rules",
            RotaRules,
            DEFAULTS,
            doubts=partial(cautions, supplied=SUPPLIED),
            faults=contradictions,
            not_in_use=partial(not_in_use, supplied=SUPPLIED),
            title="Rota rules",
            lead="What every rota keeps to: who may be on a shift, how long, how often, and with whom.",
            groups=GROUPS,
            preview=rules_preview.preview,
        ),
        PolicyKind(
            "seat-changes",
            exchange_policy.ExchangeRules,
            exchange_policy.SHIPPED,
            title="How shifts change hands",
            lead="Until when people give a shift back, how long they have to answer, and who agrees to what.",
        ),
    ),
    evidence_kinds=(EvidenceKind(WORKED, "Shift worked"),),
    requirement_kinds=(RequirementKind(WORKED, provided_by="it comes with the shifts they work", is_private=False),),
    may_ring={ON_CALL: may_ring},
    on_standing_lost=on_standing_lost,
    would_be_lost=would_be_lost,
    in_other_zones=week_in_other_zone,
    zone_stays=zone_stays,
    move_zone=move_zone,
    colleagues_lately=colleagues_lately,
    seats_seen=seats_seen,
    seats_had=seats_had,
    on_call_for=on_call_for,
    taken_times=shifts_taken,
    away_times=away_times_of,
    calendar_entries=shifts_in_calendar,
    audit_words=ROTA_WORDS,
    first_steps=FIRST_STEPS,
    demonstration_steps=STEPS_OF_LOADING,
    takeover_parts=(ROTA_PART,),
    watches=(nobody_on_call,),
)
