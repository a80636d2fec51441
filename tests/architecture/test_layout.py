"""The tests of a module can be found by its name: `rota/store/seats.py` is tested in `tests/rota/store/test_seats.py`.

Where that is not so, this file says where. Modules that only declare are tested by their kind: tables with the
migrations, what a domain registers, the permissions of routes; and pages (views, forms, cards) in the nearest
`test_pages.py` above them.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import grimp

from tests.architecture.source import PACKAGES, ROOT, imported_modules, name_of, python_files

BY_KIND = {
    "models": "tests/architecture/test_migrations.py",
    "domain": "tests/architecture/test_domains.py",
    "core_domain": "tests/architecture/test_domains.py",
    "core_notices": "tests/app/outbox/test_table.py",
    "notice_kinds": "tests/app/outbox/test_table.py",
    "core_notice_samples": "tests/app/outbox/test_samples.py",
    "notice_samples": "tests/app/outbox/test_samples.py",
    "permissions": "tests/architecture/test_routes.py",
}
PAGES = {"views", "forms", "cards"}

# Modules without a test file of their name, and the file that tests them. “package.*” is each such module of a package.
TESTED_IN = {
    "rota.absence_notices": "tests/rota/shifts/test_absences.py",
    "rota.on_behalf_notices": "tests/rota/shifts/test_on_behalf.py",
    "rota.store.absences": "tests/rota/shifts/test_absences.py",
    "rota.duty.colleagues": "tests/progression/road/test_thanks.py",
    "rota.store.absence_words": "tests/rota/shifts/test_pausing.py",
    "app.people.support_contacts": "tests/rota/shifts/test_pausing.py",
    "app.people.views.support_contact": "tests/rota/shifts/test_pausing.py",
    "rota.store.taking_off": "tests/rota/shifts/test_absences.py",
    "rota.shifts.asking": "tests/rota/shifts/test_filling.py",
    "rota.asking_notices": "tests/rota/shifts/test_offers.py",
    "rota.store.seat_asks": "tests/rota/shifts/test_offers.py",
    "rota.store.did_not_come_rows": "tests/rota/worked/test_did_not_come.py",
    "rota.store.nights": "tests/rota/worked/test_recording.py",
    "rota.worked.came": "tests/rota/worked/test_did_not_come.py",
    "rota.worked.notices": "tests/rota/worked/test_did_not_come.py",
    "rota.ahead.notices": "tests/rota/ahead/test_invitations.py",
    "rota.ahead.gaps": "tests/rota/ahead/test_gap_digest.py",
    "rota.ahead.reading": "tests/rota/ahead/test_forecasts.py",
    "rota.scheduling.ahead_task": "tests/rota/ahead/test_page.py",
    "rota.store.cover_channels": "tests/rota/shifts/test_cover_map.py",
    "rota.store.limits_in_words": "tests/rota/store/test_limits.py",
    "rota.offering.ask_reminders": "tests/rota/offering/test_asks.py",
    "rota.offering.notices": "tests/rota/offering/test_asks.py",
    "rota.store.availability_asks": "tests/rota/offering/test_asks.py",
    "rota.offering.month": "tests/rota/offering/test_painting.py",
    "rota.offering.windows": "tests/rota/offering/test_painting.py",
    "rota.store.changed_times": "tests/rota/offering/test_painting.py",
    "rota.shifts.seat_words": "tests/rota/store/test_staying_on.py",
    "rota.store.waiting": "tests/rota/shifts/test_other_shifts.py",
    "rota.store.said_of_seats": "tests/rota/shifts/test_confirming.py",
    "rota.store.said_of_seat_rows": "tests/rota/shifts/test_confirming.py",
    "rota.store.channel_feeds": "tests/rota/shifts/test_channel_calendar.py",
    "rota.store.clearances_between": "tests/rota/store/test_snapshot.py",
    "rota.store.newcomers": "tests/rota/store/test_asked_rows.py",
    "rota.store.standing_seats": "tests/rota/store/test_asked_rows.py",
    "rota.store.wishes": "tests/rota/store/test_asked_rows.py",
    "rota.store.work_elsewhere": "tests/rota/store/test_asked_rows.py",
    "app.admin.*": "tests/app/policies/test_drafts.py",
    "app.admin.views.*": "tests/app/policies/test_drafts.py",
    "app.admin.views.audit": "tests/app/trail/test_search.py",
    "app.audit_words": "tests/architecture/test_audit_words.py",
    "app.admin.views.first_steps": "tests/app/first_steps/test_overview.py",
    "app.admin.views.notices": "tests/app/outbox/test_samples.py",
    "app.admin.views.organisation": "tests/app/organisation/test_changing.py",
    "app.backup.on_request": "tests/app/first_steps/test_overview.py",
    "app.files.inspection_child": "tests/app/files/test_inspection.py",
    "app.files.views": "tests/app/files/test_store.py",
    "app.files.kinds": "tests/app/files/test_inspection.py",
    "app.first_steps.*": "tests/app/first_steps/test_overview.py",
    "app.organisation.*": "tests/app/organisation/test_changing.py",
    "progression.first_steps": "tests/app/first_steps/test_overview.py",
    "app.backup.*": "tests/app/backup/test_restoring.py",
    "progression.demonstrating.*": "tests/progression/test_demonstration.py",
    "app.demonstration": "tests/progression/test_demonstration.py",
    "app.factory": "tests/app/test_today.py",
    "app.conversations.*": "tests/app/conversations/test_pages.py",
    "rota.views.writing": "tests/rota/shifts/test_leads.py",
    "app.inbox.meanwhile": "tests/app/inbox/test_keeping.py",
    "app.inbox.cards": "tests/app/inbox/test_pages.py",
    "app.outbox.policy": "tests/app/inbox/test_keeping.py",
    "app.outbox.lines": "tests/app/inbox/test_keeping.py",
    "app.inbox.reading": "tests/app/inbox/test_pages.py",
    "app.jobs.*": "tests/app/jobs/test_tasks.py",
    "app.health.*": "tests/app/health/test_views.py",
    "app.health.host": "tests/app/test_doctor.py",
    "app.health.upkeep": "tests/app/test_doctor.py",
    "app.jobs.heartbeats": "tests/app/health/test_watching.py",
    "app.jobs.progress": "tests/journeys/test_planning_pages.py",
    "app.jobs.serving": "tests/faults/test_serve.py",
    "app.jobs.worker": "tests/app/health/test_outside.py",
    "app.outbox.*": "tests/app/outbox/test_sending.py",
    "app.outbox.bounced_mail": "tests/app/outbox/test_bounces.py",
    "app.outbox.cards": "tests/app/outbox/test_bounces.py",
    "app.outbox.mail_rules": "tests/app/outbox/test_bounces.py",
    "app.outbox.marks": "tests/app/outbox/test_bounces.py",
    "app.outbox.statuses": "tests/app/outbox/test_bounces.py",
    "app.core_notice_samples": "tests/app/outbox/test_samples.py",
    "app.outbox.views": "tests/app/outbox/test_choices.py",
    "app.outbox.dev_mail_views": "tests/architecture/test_routes.py",
    "app.pages.asking": "tests/app/people/test_whom_to_ask.py",
    "app.pages.assets": "tests/app/test_assets.py",
    "app.pages.component_gallery": "tests/journeys/test_look.py",
    "app.people.*": "tests/app/people/test_sign_in.py",
    "app.people.ages": "tests/app/people/test_corrections.py",
    "app.people.printed_names": "tests/rota/reports/test_service_statement.py",
    "app.people.private": "tests/app/people/test_email_change.py",
    "app.people.removing": "tests/app/takeover/test_people_part.py",
    "app.people.suspending": "tests/app/people/test_rights.py",
    "app.people.views.*": "tests/app/people/test_sign_in.py",
    "app.people.views.directory": "tests/app/people/test_csv_import.py",
    "app.people.views.private_details": "tests/app/people/test_corrections.py",
    "app.policies.comparison": "tests/app/policies/test_drafts.py",
    "app.policies.form_faults": "tests/app/policies/test_in_words.py",
    "app.policies.plain_data": "tests/app/policies/test_drafts.py",
    "app.policies.preview": "tests/app/policies/test_in_words.py",
    "app.policies.versions": "tests/app/policies/test_drafts.py",
    "app.policies.views": "tests/app/policies/test_in_words.py",
    "app.policies.words": "tests/app/policies/test_fields.py",
    "app.key_files": "tests/app/trail/test_keys.py",
    "app.refusals": "tests/app/pages/test_forms.py",
    "app.takeover.bounds": "tests/app/takeover/test_workbook.py",
    "app.takeover.people_columns": "tests/app/takeover/test_people_part.py",
    "app.takeover.row": "tests/app/takeover/test_people_part.py",
    "app.takeover.list_page": "tests/app/takeover/test_pages.py",
    "app.takeover.notices": "tests/app/takeover/test_invitations.py",
    "app.trail.heads": "tests/app/trail/test_verification.py",
    "app.trail.seals": "tests/app/trail/test_verification.py",
    "app.trail.wording": "tests/architecture/test_audit_words.py",
    "progression.audit_words": "tests/architecture/test_audit_words.py",
    "progression.checks": "tests/progression/test_clearance.py",
    "progression.branches.notices": "tests/progression/branches/test_joining.py",
    "progression.observing.forms": "tests/progression/observing/test_on_shift.py",
    "progression.observing.notices": "tests/progression/observing/test_on_shift.py",
    "progression.observing.words": "tests/progression/observing/test_on_shift.py",
    "progression.changing.choices": "tests/progression/changing/test_pages.py",
    "progression.changing.copies": "tests/progression/changing/test_pages.py",
    "progression.changing.kinds": "tests/progression/changing/test_editing.py",
    "progression.changing.places": "tests/progression/changing/test_editing.py",
    "progression.changing.words": "tests/progression/changing/test_editing.py",
    "progression.replies": "tests/progression/observing/test_on_shift.py",
    "progression.views.observing": "tests/progression/observing/test_on_shift.py",
    "progression.helping.panel": "tests/progression/helping/test_giving.py",
    "progression.records.models": "tests/progression/records/test_recording.py",
    "progression.records.panel": "tests/progression/records/test_recording.py",
    "progression.record_details": "tests/progression/records/test_recording.py",
    "progression.days_away": "tests/progression/test_windows.py",
    "progression.evidence_overview": "tests/progression/test_pages.py",
    "progression.facts": "tests/progression/test_stages.py",
    "rota.shifts.asked_on_behalf": "tests/rota/shifts/test_on_behalf.py",
    "progression.pipeline_page": "tests/progression/test_pipeline.py",
    "progression.lapsing.notices": "tests/progression/lapsing/test_telling.py",
    "progression.lapsing.reading": "tests/progression/lapsing/test_telling.py",
    "progression.lapsing.renewal": "tests/rota/ahead/test_invitations.py",
    "progression.labels": "tests/progression/test_pages.py",
    "progression.notices": "tests/progression/test_signoff.py",
    "progression.takeover_checks": "tests/progression/test_takeover.py",
    "progression.takeover_words": "tests/progression/test_takeover.py",
    "progression.documents.editions": "tests/progression/documents/test_publishing.py",
    "progression.applying.notices": "tests/progression/applying/test_applications.py",
    "progression.listening.notices": "tests/progression/listening/test_pulses.py",
    "progression.listening.suggestions": "tests/progression/listening/test_suggesting.py",
    "progression.documents.notices": "tests/progression/documents/test_asking.py",
    "progression.documents.shipped": "tests/progression/documents/test_agreeing.py",
    "progression.documents.who_agreed": "tests/progression/documents/test_publishing.py",
    "training.pack_practical": "tests/training/practicals/test_handing_in.py",
    "training.practicals.feedback": "tests/training/practicals/test_pages.py",
    "training.practicals.notices": "tests/training/practicals/test_pages.py",
    "training.practicals.to_mark": "tests/training/practicals/test_marking.py",
    "training.more_time": "tests/training/test_quiz_time.py",
    "training.time_models": "tests/training/test_quiz_time.py",
    "training.time_over": "tests/training/test_quiz_time.py",
    "training.guided.notices": "tests/training/guided/test_prompts.py",
    "training.guided.on_pages": "tests/training/guided/test_own.py",
    "training.guided.paces": "tests/training/guided/test_own.py",
    "training.guided.progress": "tests/training/guided/test_groups.py",
    "training.programme.assigned": "tests/training/programme/test_assigning.py",
    "training.programme.notices": "tests/training/programme/test_due.py",
    "training.question_files.*": "tests/training/question_files/test_gift.py",
    "training.question_files.child": "tests/training/question_files/test_reading.py",
    "training.question_files.plain_words": "tests/training/question_files/test_moodle_xml.py",
    "training.teaching.notices": "tests/training/teaching/test_reminding.py",
    "progression.duties": "tests/progression/test_pathway.py",
    "rota.audit_words": "tests/architecture/test_audit_words.py",
    "rota.planning.planner_page": "tests/rota/test_pages.py",
    "rota.scheduling.replan_task": "tests/rota/planning/test_vacated_seats.py",
    "rota.scheduling.roster_data": "tests/rota/scheduling/rules/test_not_in_use.py",
    "rota.scheduling.roster_json": "tests/rota/scheduling/engine/test_solve.py",
    "rota.store.on_call": "tests/rota/duty/test_on_call_gaps.py",
    "rota.scheduling.wording": "tests/rota/scheduling/test_shortfall.py",
    "progression.in_grace": "tests/progression/test_grace.py",
    "rota.scheduling.engine.*": "tests/rota/scheduling/engine/test_against_brute_force.py",
    "rota.scheduling.engine.subproblem": "tests/rota/scheduling/engine/test_rolling_horizon.py",
    "rota.scheduling.fixes.*": "tests/rota/scheduling/fixes/test_suggest.py",
    "rota.scheduling.roster": "tests/rota/scheduling/engine/test_against_brute_force.py",
    "rota.scheduling.rules.*": "tests/rota/scheduling/rules/test_strictness.py",
    "rota.exchanges.part_checks": "tests/rota/exchanges/test_parts.py",
    "rota.exchanges.part_hours": "tests/rota/exchanges/test_parts.py",
    "rota.store.ending_parts": "tests/rota/exchanges/test_parts.py",
    "rota.store.own_shifts": "tests/rota/store/test_seats.py",
    "rota.store.seat_part_rows": "tests/rota/exchanges/test_parts.py",
    "rota.views.parts": "tests/rota/exchanges/test_pages.py",
    "rota.exchanges.applying": "tests/rota/exchanges/test_changes.py",
    "rota.exchanges.ending": "tests/rota/exchanges/test_trading.py",
    "rota.exchanges.notices": "tests/rota/exchanges/test_changes.py",
    "rota.exchanges.policy": "tests/rota/shifts/test_claims_and_drops.py",
    "rota.planning.moves": "tests/rota/planning/test_publishing.py",
    "rota.store.emergency_reasons": "tests/rota/planning/test_asking_first.py",
    "rota.store.removal_reasons": "tests/rota/planning/test_publishing.py",
    "rota.store.draft_board": "tests/rota/planning/test_drafts.py",
    "rota.store.weekly_times": "tests/rota/store/test_availability.py",
    "rota.store.special_days": "tests/rota/planning/test_special_days.py",
    "rota.store.one_off_shifts": "tests/rota/planning/test_shifts_of_rota.py",
    "rota.store.seat_reasons": "tests/rota/shifts/test_claims_and_drops.py",
    "rota.planning.changed_since": "tests/rota/planning/test_two_coordinators.py",
    "rota.store.draft_steps": "tests/rota/planning/test_undoing.py",
    "rota.store.seat_locks": "tests/rota/planning/test_undoing.py",
    "rota.store.shift_counts": "tests/rota/planning/test_four_weeks.py",
    "rota.views.calendar_feed": "tests/rota/shifts/test_calendar_feed.py",
    "training.authoring.*": "tests/training/authoring/test_pages.py",
    "training.authoring.beginning": "tests/training/authoring/test_drafts.py",
    "training.authoring.pack_file_child": "tests/training/authoring/test_pack_file.py",
    "training.authoring.word_differences": "tests/training/authoring/test_pages.py",
    "training.authoring.checking": "tests/training/authoring/test_pack_text.py",
    "training.audit_words": "tests/architecture/test_audit_words.py",
    "rota.reports.statement_pdf": "tests/rota/reports/test_service_statement.py",
    "rota.exports.sheet_pdf": "tests/rota/exports/test_sheets.py",
    "app.printing.fonts": "tests/training/test_certificates.py",
    "training.transcript_pdf": "tests/training/test_transcript.py",
    "training.certificate_page": "tests/training/test_certificate_pages.py",
    "training.pack_personal": "tests/training/test_reflections.py",
    "training.unit_kinds": "tests/training/test_reflections.py",
    "training.standing_lost": "tests/training/live/test_pages.py",
    "training.pack_live": "tests/training/live/test_attendance.py",
    "training.live.sessions": "tests/training/live/test_pages.py",
    "training.live.listing": "tests/training/live/test_pages.py",
    "training.live.feedback": "tests/training/live/test_pages.py",
    "training.live.reminders": "tests/training/live/test_notices.py",
    "app.calendar_file": "tests/rota/shifts/test_calendar_feed.py",
    "rota.store.stated_rows": "tests/rota/store/test_availability.py",
    "training.pack_exercises": "tests/training/test_exercise_checks.py",
    "training.practice_state": "tests/training/test_spaced_practice.py",
    "training.pack_parts": "tests/training/test_pack.py",
}

# Test files that are about no single module, and what they are about.
NOT_OF_ONE_MODULE = {
    "tests/app/conversations/test_ways_to_ask.py": "the words of every page and e-mail that tell to ask somebody",
    "tests/app/backup/test_upgrading.py": "every earlier schema, upgraded and restored",
    "tests/app/pages/test_database_away.py": "pages while the database cannot be reached",
    "tests/training/authoring/test_two_authors.py": "two people who write one draft at the same time",
    "tests/rota/planning/test_any_sequence.py": "edits, locks, undone steps and versions in any order",
    "tests/rota/exchanges/test_any_sequence.py": "cover, swaps, answers, days away and lapses in any order",
    "tests/rota/planning/test_two_coordinators.py": "two people who plan one rota at the same time",
    "tests/rota/scheduling/engine/test_against_brute_force.py": "the whole engine, against every plan there is",
    "tests/rota/scheduling/engine/test_cases.py": "the whole engine, on kept rosters",
    "tests/rota/scheduling/engine/test_guide.py": "the examples of docs/guides/engine.md",
    "tests/rota/scheduling/rules/test_private_ages.py": "what every rule says about a person",
    "tests/rota/scheduling/rules/test_strictness.py": "every rule, in each severity",
    "tests/rota/scheduling/rules/test_easily_kept.py": "every rule about people, at a glance and in full",
    "tests/rota/test_clock_changes.py": "one night, from the pattern to page, paper, table, calendar and figures",
    "tests/rota/test_support_switch.py": "a call for support, compared with any other time away",
    "tests/rota/test_private_reasons.py": "all that those who plan can open, take out, type and be told",
    "tests/rota/test_figures_agree.py": "figures about one thing on several pages",
    "tests/app/takeover/test_query_counts.py": "how many queries the pages of a list need",
    "tests/rota/test_query_counts.py": "how many queries pages of the rota need",
    "tests/training/test_query_counts.py": "how many queries pages of learning need",
    "tests/app/people/test_private_details_stay_private.py": "what logs and tables hold after a day of work",
    "tests/rota/scheduling/rules/test_not_in_use.py": "rules whose data nothing supplies yet",
    "tests/progression/test_activity.py": "a refresher after weeks without a shift, with windows, lapses and way back",
    "tests/progression/test_requirements_alike.py": "requirements asked about alone and within a pathway",
    "tests/progression/test_grace.py": "a grace period, in rules, lists, e-mails and the upgrade",
    "tests/progression/test_journey_pages.py": "the pages of views/journey.py",
    "tests/training/test_exercise_pages.py": "the pages of views/lesson.py",
    "tests/training/test_question_pages.py": "the pages of views/practice.py, with every kind of question",
    "tests/training/test_certificate_pages.py": "the pages of views/certificates.py and views/public.py",
    "tests/training/test_shipped_course.py": "the course that ships with the product",
}


def dotted(path: Path) -> str:
    """Return the name under which a file is imported."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def modules() -> list[Path]:
    """Return every module of the product but the empty ones."""
    return [path for path in python_files(*PACKAGES) if path.name != "__init__.py"]


def own_test(path: Path) -> Path:
    """Return the test file of a module's name, whether it exists or not."""
    return ROOT / "tests" / path.relative_to(ROOT).parent / f"test_{path.name}"


def listed_under(module: str) -> str | None:
    """Return the entry of TESTED_IN for a module: its own, or else that of its package."""
    return next((key for key in (module, f"{module.rpartition('.')[0]}.*") if key in TESTED_IN), None)


def is_page(module: str) -> bool:
    """Whether a module answers requests."""
    return bool(PAGES & set(module.split(".")))


def page_tests(path: Path) -> Path | None:
    """Return the nearest page tests above a module, if there are any."""
    folders = (ROOT / "tests" / folder.relative_to(ROOT) for folder in path.parents if folder.is_relative_to(ROOT))
    return next((folder / "test_pages.py" for folder in folders if (folder / "test_pages.py").exists()), None)


def file_testing(path: Path) -> Path | None:
    """Return the file that tests a module, or None if none can be found."""
    module = dotted(path)
    if own_test(path).exists():
        return own_test(path)
    if key := listed_under(module):
        return ROOT / TESTED_IN[key]
    if path.stem in BY_KIND:
        return ROOT / BY_KIND[path.stem]
    return page_tests(path) if is_page(module) else None


@cache
def imports() -> grimp.ImportGraph:
    """Return which module of the product imports which."""
    return grimp.build_graph(*PACKAGES, cache_dir=None)


def reaches(test: Path, path: Path) -> bool:
    """Whether a test imports a module, itself or by others of the same package, or asks the running pages."""
    module, package = dotted(path), dotted(path).split(".")[0]
    if "client" in test.read_text(encoding="utf-8") or "tests.journeys" in test.read_text(encoding="utf-8"):
        return True
    imported = {name for name, _ in imported_modules(test) if name in imports().modules}
    return any(
        name == module or (name.split(".")[0] == package and imports().chain_exists(importer=name, imported=module))
        for name in imported
    )


def test_the_tests_of_every_module_can_be_found() -> None:
    assert [name_of(path) for path in modules() if file_testing(path) is None] == []


def test_what_is_said_to_test_a_module_does() -> None:
    wrong = []
    for path in modules():
        test = file_testing(path)
        if test is None or test == own_test(path):
            continue
        if not test.exists():
            wrong.append(f"{dotted(path)}: {name_of(test)} does not exist")
        elif listed_under(dotted(path)) and not reaches(test, path):
            wrong.append(f"{dotted(path)}: {name_of(test)} does not import it")
    assert wrong == []


def test_no_entry_of_the_list_is_left_over() -> None:
    needed = {listed_under(dotted(path)) for path in modules() if not own_test(path).exists()}
    assert sorted(set(TESTED_IN) - needed) == []


def test_every_test_file_is_named_after_what_it_tests() -> None:
    strange = set()
    for path in python_files(*(f"tests/{package}" for package in PACKAGES)):
        tested = ROOT / path.relative_to(ROOT / "tests").parent / path.stem.removeprefix("test_")
        is_of_one = tested.with_suffix(".py").exists() or tested.is_dir()
        if path.name.startswith("test_") and path.name != "test_pages.py" and not is_of_one:
            strange.add(name_of(path))
    assert strange == set(NOT_OF_ONE_MODULE)
