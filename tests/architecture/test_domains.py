"""What each domain brings to the application. A change here is a change of the product, for reviewers to see."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Flask

from app.domain import AdminLink, Domain, NavItem, PeopleLink
from app.domain import domains as registered

BROUGHT: dict[str, dict[str, list[str]]] = {
    "core": {
        "nav": ["Messages -> inbox.show", "People -> people.index", "Admin -> admin.index"],
        "grants": ["admin", "assessor", "coordinator", "lead", "trainer"],
        "notice_samples": ["samples"],
        "notices": [
            "invited",
            "reset-requested",
            "address-wanted",
            "address-taken",
            "address-moved",
            "details-corrected",
            "has-left",
            "welcomed",
            "message",
            "conversation",
            "mail-test",
        ],
        "people_filters": ["role", "account"],
        "scheduled_jobs": [
            "core: delete old attempt counts",
            "core: close accounts of people who left",
            "core: delete old messages",
            "core: delete old conversations",
            "core: put under Messages what waits",
            "core: delete old lines of Messages",
            "core: delete old security events",
            "core: check the audit trail",
            "core: forget lists of people",
            "core: delete old e-mail changes",
            "core: read returned e-mails",
            "core: look after the files",
        ],
        "policies": ["telling", "mail-rules"],
        "audit_words": ["AuditWords"],
        "takeover_parts": ["people"],
        "cards": ["first_steps_card", "unreachable_card", "new_messages"],
        "first_steps": ["organisation", "administrators", "e-mail", "support", "people", "backup"],
        "watches": ["mail_troubles", "bounce_troubles", "files_troubles"],
        "tasks": ["take-in", "take-back", "backup"],
        "commands": [
            "audit",
            "backup",
            "db",
            "demo",
            "doctor",
            "files",
            "notices",
            "people",
            "restore",
            "serve",
            "worker",
        ],
    },
    "progression": {
        "blueprints": ["documents", "journey", "news", "pathway", "pulse", "sign_offs", "suggestions"],
        "nav": ["Journey -> journey.show", "Sign-offs -> sign_offs.index", "News -> news.index"],
        "admin_links": ["Documents people agree to -> documents.index"],
        "cards": ["your_way_back", "agree_again", "your_journey", "waiting_for_you"],
        "people_links": [
            "How people move on -> sign_offs.pipeline",
            "What lapses in the coming 12 weeks -> sign_offs.what_lapses",
        ],
        "people_filters": ["stage", "cleared", "lapsing"],
        "people_columns": ["PeopleColumn"] * 2,
        "people_notes": ["PeopleNotes"],
        "person_panels": ["where_they_stand", "evidence_about", "agreements_of"],
        "evidence_panels": ["records_about", "help_for"],
        "grants": ["admin", "assessor", "coordinator", "lead", "trainer"],
        "notice_samples": ["samples"],
        "notices": [
            "signed-off",
            "not-yet",
            "signature-given",
            "signature-wanted",
            "step-confirmed",
            "step-reopened",
            "stepped-back",
            "evidence-withdrawn",
            "ready-for-sign-off",
            "new-requirement",
            "agree-again",
            "observation-written",
            "record-answered",
            "step-applied",
            "application-questioned",
            "application-answered",
            "suggestions-wait",
            "suggestion-answered",
            "pulse-open",
            "news",
            "lapses-ahead",
            "lapses-to-record",
            "branch-joined",
            "branch-ended",
            "thanked",
        ],
        "on_standing_lost": ["on_standing_lost"],
        "scheduled_jobs": [
            "progression: ask people to agree again",
            "progression: ask short questions",
            "progression: tell people of news",
            "progression: tell people what is new",
            "progression: tell people what lapses",
        ],
        "policies": ["pathway", "observation-forms", "commitment"],
        "evidence_kinds": [
            "check",
            "observed",
            "accepted",
            "sign-off",
            "reference",
            "right-to-work",
            "interview",
            "branch",
            "branch-left",
            "signature",
            "confirmed",
            "step-back",
            "not-yet",
            "withdrawn",
        ],
        "requirement_kinds": [
            "check",
            "observed",
            "accepted",
            "sign-off",
            "reference",
            "right-to-work",
            "interview",
            "branch",
            "age",
            "at-stage",
        ],
        "stages_of": ["stage_names"],
        "first_steps": ["pathway"],
        "audit_words": ["AuditWords"],
        "demonstration_steps": ["10 load_before_courses", "30 load_after_courses", "95 load_after_shifts"],
        "takeover_parts": ["progression"],
    },
    "training": {
        "blueprints": ["learning", "authoring", "certificates", "elsewhere", "live", "public", "to_mark"],
        "nav": [
            "Learning -> learning.index",
            "To mark -> to_mark.index",
            "Training -> learning.matrix",
            "Sessions -> live.index",
            "Courses -> authoring.index",
        ],
        "cards": ["carry_on_learning", "what_slipped_by", "elsewhere_waits", "practicals_wait"],
        "person_panels": ["training_of"],
        "evidence_panels": ["learned_by"],
        "grants": ["admin", "assessor", "trainer"],
        "notice_samples": ["samples"],
        "notices": [
            "certificate-issued",
            "elsewhere-decided",
            "another-try",
            "part-asked-again",
            "training-lapses",
            "taken-over-training-lapses",
            "course-assigned",
            "course-due",
            "courses-to-do",
            "practicals-wait",
            "conversation-arranged",
            "conversation-called-off",
            "practical-marked",
            "practical-answered",
            "mark-withdrawn",
            "guided-part-open",
            "guided-note",
            "session-place",
            "session-changed",
            "session-cancelled",
            "session-to-lead",
            "sessions-without-leader",
            "session-reminder",
        ],
        "scheduled_jobs": [
            "training: remind people of lapsing training",
            "training: tell people what a new version asks of them",
            "training: remind people of courses they were asked for",
            "training: tell markers what waits",
            "training: record practicals passed before they were evidence",
            "training: delete old words of practicals",
            "training: end tries whose time is over",
            "training: tell people that a part has opened",
            "training: remind people of live sessions",
            "training: fill places in live sessions",
        ],
        "tasks": ["print-certificates"],
        "policies": ["learning-programme", "practical-rubrics"],
        "commands": ["training"],
        "first_steps": ["courses", "course-slots"],
        "installation_checks": ["certificates_without_their_key"],
        "evidence_kinds": ["training", "practical"],
        "requirement_kinds": ["training", "practical"],
        "on_standing_lost": ["on_standing_lost"],
        "would_be_lost": ["would_be_lost"],
        "taken_times": ["sessions_taken"],
        "calendar_entries": ["calendar_entries"],
        "audit_words": ["AuditWords"],
        "demonstration_steps": ["20 load"],
        "takeover_parts": ["training"],
    },
    "rota": {
        "blueprints": ["rota"],
        "nav": ["Shifts -> rota.shifts", "Rota -> rota.index", "Cover -> rota.show_cover", "On duty -> rota.duty"],
        "cards": ["next_shift", "not_reached", "open_shifts", "upcoming_gaps"],
        "journey_cards": ["your_commitment", "your_pause"],
        "support_cards": ["support_for_you"],
        "people_filters": ["channel"],
        "people_columns": ["PeopleColumn"] * 3,
        "people_notes": ["PeopleNotes"],
        "person_panels": ["who_leaves", "for_planning", "missing_for_duties", "statement_of_service", "keeping_pairs"],
        "evidence_panels": ["shifts_so_far"],
        "grants": ["admin", "assessor", "coordinator", "lead"],
        "notice_samples": ["samples"],
        "notices": [
            "rota-published",
            "seats-changed",
            "rota-withdrawn",
            "shift-reminder",
            "shift-taken",
            "done-for-you",
            "shift-dropped",
            "shift-short",
            "seat-offered",
            "seat-filled",
            "nobody-to-ask",
            "away-said",
            "away-unmade",
            "away-answered",
            "away-word",
            "leaving-said",
            "leaving-told",
            "seat-released",
            "seats-back",
            "nobody-on-call",
            "seat-change-asked",
            "seat-change-done",
            "seat-change-ended",
            "seat-change-waits",
            "part-ended",
            "gaps-ahead",
            "renewal-wanted",
            "renewals-to-record",
            "times-asked",
            "times-entered",
            "did-not-come",
            "came-after-all",
            "did-not-come-answered",
        ],
        "scheduled_jobs": [
            "rota: remind people of shifts",
            "rota: ask people whom open seats fit",
            "rota: ask people whom offered hours fit",
            "rota: end changes of shifts that are over",
            "rota: ask people for their times",
            "rota: alarm about hours with nobody on call",
            "rota: tell planners of gaps",
            "rota: look at the coming twelve weeks",
            "rota: enter the coming bank holidays",
            "rota: offer released seats back",
            "rota: record shifts that were worked",
            "rota: release lapsed seats",
            "rota: release lapsed seats of the coming day",
        ],
        "tasks": ["propose", "replan", "smallest-change", "look-ahead"],
        "commands": ["rota"],
        "policies": ["rota-rules", "seat-changes"],
        "evidence_kinds": ["worked"],
        "requirement_kinds": ["worked"],
        "may_ring": ["on-call"],
        "on_standing_lost": ["on_standing_lost"],
        "would_be_lost": ["would_be_lost"],
        "in_other_zones": ["week_in_other_zone"],
        "colleagues_lately": ["colleagues_lately"],
        "seats_seen": ["seats_seen"],
        "seats_had": ["seats_had"],
        "zone_stays": ["zone_stays"],
        "move_zone": ["move_zone"],
        "first_steps": ["channels", "rota-rules", "on-call", "first-rota"],
        "on_call_for": ["on_call_for"],
        "taken_times": ["shifts_taken"],
        "away_times": ["away_times_of"],
        "calendar_entries": ["shifts_in_calendar"],
        "audit_words": ["AuditWords"],
        "demonstration_steps": ["90 load", "100 look_ahead"],
        "takeover_parts": ["rota"],
        "watches": ["nobody_on_call"],
    },
}


def named(thing: Any) -> str:
    """The name by which this list knows something a domain brings."""
    if isinstance(thing, NavItem | AdminLink | PeopleLink):
        return f"{thing.label} -> {thing.endpoint}"
    for attribute in ("name", "kind", "key", "__name__"):
        if isinstance(found := getattr(thing, attribute, None), str):
            return found
    return type(thing).__name__


def brought(domain: Domain) -> dict[str, list[str]]:
    """Every slot of a domain's record that holds something, and the names of what it holds."""
    found: dict[str, list[str]] = {}
    for slot, held in vars(domain).items():
        if slot == "name" or not held:
            continue
        if isinstance(held, Mapping):
            found[slot] = sorted(str(key) for key in held)
        elif slot == "demonstration_steps":
            found[slot] = [f"{step.order} {step.load.__name__}" for step in held]
        elif isinstance(held, tuple):
            names = [named(each) for each in held]
            found[slot] = sorted(names) if slot == "commands" else names
        else:
            found[slot] = [named(held)]
    return found


def test_each_domain_brings_what_this_list_says(app: Flask) -> None:
    assert {domain.name: brought(domain) for domain in registered} == BROUGHT


def test_what_a_slot_holds_is_named_once(app: Flask) -> None:
    """Two notices, jobs or tasks of one name would be taken for each other."""
    for slot in ("notices", "scheduled_jobs", "tasks", "policies", "evidence_kinds", "requirement_kinds", "blueprints"):
        names = [named(each) for domain in registered for each in getattr(domain, slot)]
        assert len(names) == len(set(names)), slot
