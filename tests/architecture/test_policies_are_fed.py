"""Every field of every policy acts on something: a page or table feeds it, or it is marked as not in use yet.

A field that nobody feeds looks like a promise and keeps none. A new field fails here until it is listed.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from functools import cache

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pydantic import BaseModel

from app import db
from app.domain import domains
from app.outbox.mail_rules import MailRules
from app.outbox.policy import Telling
from app.people.models import Role
from app.policies import documents
from progression.checks import Level
from progression.fact_kinds import FactKind
from progression.observing.observation_forms import ObservationForms
from progression.pathway import SHIPPED, Pathway
from progression.road.commitment import Commitment
from rota.exchanges.policy import ExchangeRules
from rota.scheduling.rules.policy import RotaRules
from tests.architecture.source import PACKAGES, files, python_files, tree_of
from tests.conftest import People, SignIn
from training.practicals.rubrics import PracticalRubrics
from training.programme.order import Programme

NOT_IN_USE_YET = "not in use yet"

CLEARANCES = ("table evidence", "route sign_offs.check", "route sign_offs.observation", "route sign_offs.decide")
OFFERS = ("table availability_weekly", "table availability_dated", "route rota.offer", "route rota.say_day")
BIRTH_DATES = ("table person_private", "route people.add", "route people.correct")
SHIFTS = ("table assignment", "route rota.assign", "route rota.claim")
LIMITS = ("table person_limits", "route rota.say_limits", "route rota.limits_of_person")
PAIRS = ("table kept_pair", "route rota.pairs")
WISHES = ("table shift_wish", "table partner_wish", "route rota.add_wish", "route rota.add_partner")
STANDING_SEATS = ("table standing_seat", "route rota.own_standing_seats", "route rota.standing_seats_of_person")
PAST_SHIFTS = ("table assignment", "route rota.publish")
DUTIES = ("table cover_line", "route rota.pattern")

FED: Mapping[type[BaseModel], Mapping[str, tuple[str, ...]]] = {
    RotaRules: {
        "clearance": CLEARANCES,
        "availability": OFFERS,
        "overlap": SHIFTS,
        "under_18_nights": BIRTH_DATES,
        "rest": (*SHIFTS, *BIRTH_DATES),
        "hours_in_a_day": (*SHIFTS, *BIRTH_DATES),
        "hours_in_a_week": (*SHIFTS, *BIRTH_DATES),
        "cool_down": (NOT_IN_USE_YET,),
        "one_a_day": SHIFTS,
        "successions": ("table shift", "route rota.pattern"),
        "longest_run": SHIFTS,
        "shortest_run": LIMITS,
        "shortest_break": LIMITS,
        "nights_in_a_row": SHIFTS,
        "nights_in_the_period": (*SHIFTS, *LIMITS),
        "recovery_after_nights": SHIFTS,
        "lighter_after_heavy": PAST_SHIFTS,
        "weekends": LIMITS,
        "most_they_asked": LIMITS,
        "least_they_asked": LIMITS,
        "room": DUTIES,
        "nobody_alone": DUTIES,
        "experienced_adult": (*DUTIES, *BIRTH_DATES),
        "peers_beside": DUTIES,
        "newcomers_beside": PAST_SHIFTS,
        "shadows_beside": DUTIES,
        "apart": PAIRS,
        "together": PAIRS,
        "standing_slots": STANDING_SEATS,
        "wishes": WISHES,
        "fairness": (*SHIFTS, *OFFERS),
        "parts": ("table seat_part", "route rota.offer_part", "code rota.scheduling.fixes.shifts:split"),
    },
    Commitment: {"stages": ("table commitment_choice", "route journey.how_much")},
    ExchangeRules: {
        "give_back": ("route rota.give_back", "code rota.shifts.claims_and_drops:drop"),
        "answers": ("table seat_change", "code rota.exchanges.changes:propose"),
        "approval": ("table seat_change", "code rota.exchanges.changes:propose"),
        "consent": ("route rota.publish",),
    },
    PracticalRubrics: {
        "give_back_after_hours": ("route to_mark.take", "route to_mark.arrange"),
        "keep_words_weeks": ("code training.practicals.reminders:delete_old_words",),
        "rubrics": ("route learning.work", "route to_mark.show"),
    },
    Telling: {
        "keep_notices_days": ("table inbox_line", "code app.inbox.keeping:delete_old"),
        "keep_conversations_days": ("table conversation", "code app.conversations.writing:delete_old"),
        "on_call_hours": ("table outbox", "code rota.shifts.opened_seats:tell_that_seats_opened"),
    },
    MailRules: {
        "soft_bounces": ("table email_bounce", "route outbox.take_report"),
        "within_days": ("table email_bounce", "route outbox.take_report"),
        "warn_days_before": ("table email_bounce", "table assignment"),
        "source": ("route admin.policy",),
    },
    Programme: {"courses": ("table course_version", "route learning.start", "route learning.index")},
    Pathway: {
        "name": ("template progression/sign_off.html",),
        "lapses_soon_days": ("table evidence", "route journey.show"),
        "check_again_after_months": ("table evidence", "route sign_offs.check"),
        "check_again_source": ("route admin.policy",),
        "requirements": ("table evidence", "route journey.show"),
        "steps": ("table evidence", "route sign_offs.decide"),
        "duties": ("table evidence", "route rota.show"),
        "branches": ("table evidence", "route sign_offs.branch", "route journey.leave_branch"),
        "signing": ("table evidence", "route sign_offs.decide"),
    },
    ObservationForms: {
        "mentors": ("table assignment", "route sign_offs.observe"),
        "branches": ("table evidence", "route sign_offs.branch", "route sign_offs.observe"),
        "most_per_shift": ("table evidence", "route sign_offs.observe"),
        "most_counted_by_one": ("table evidence", "route sign_offs.observe"),
        "counted_by_one_days": ("table evidence", "route sign_offs.observe"),
        "variety": ("table evidence", "route sign_offs.person", "route journey.show"),
        "forms": ("table evidence", "route sign_offs.observe"),
    },
}
"""For each kind of policy and each field of its document: the pages and tables that feed it, or the code that acts."""

RECORDED: Mapping[str, str] = {
    FactKind.ACCEPTED: "route documents.show",
    FactKind.OBSERVED: "route sign_offs.observation",
    FactKind.CHECK: "route sign_offs.check",
    FactKind.REFERENCE: "route sign_offs.record",
    FactKind.RIGHT_TO_WORK: "route sign_offs.record",
    FactKind.INTERVIEW: "route sign_offs.record",
    FactKind.BRANCH: "route sign_offs.branch",
    FactKind.SIGN_OFF: "route sign_offs.decide",
    "at-stage": "route sign_offs.decide",
    "worked": "route rota.publish",
    "training": "route learning.unit",
    "practical": "route to_mark.show",
    "age": "route people.correct",
}
"""Where each kind of requirement that a pathway can ask for is recorded."""

SHOWN_ONLY = {"source", "check_again_source"}
"""Fields that no code reads: a policy's page shows them with the whole document."""


RULES_BY_KEY = set(RotaRules.model_fields)
"""Read through the key of each rule's class, which tests/rota/scheduling/rules/test_registry.py ties to the field."""


def models_in(schema: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """The schema and every model that a field of it holds, however deep."""
    yield schema
    for field in schema.model_fields.values():
        for held in nested(field.annotation):
            yield from models_in(held)


def nested(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in getattr(annotation, "__args__", ()):
        yield from nested(argument)


@cache
def attributes_read() -> frozenset[str]:
    """Every attribute that some code or template of ours reads."""
    read = {
        node.attr
        for path in python_files(*PACKAGES)
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load)
    }
    for path in files("templates", ".html"):
        read.update(re.findall(r"\.(\w+)", path.read_text(encoding="utf-8")))
    return frozenset(read)


def test_every_field_of_every_policy_is_listed(app: Flask) -> None:
    assert {kind.schema for kind in documents.kinds} == set(FED)
    assert {schema: set(fed) for schema, fed in FED.items()} == {schema: set(schema.model_fields) for schema in FED}


def test_what_feeds_a_field_exists(app: Flask) -> None:
    references = {each for fed in FED.values() for feeds in fed.values() for each in feeds} | set(RECORDED.values())
    exists = {
        "table": set(db.Model.metadata.tables),
        "route": set(app.view_functions),
        "template": {path.as_posix().partition("templates/")[2] for path in files("templates", ".html")},
    }
    for reference in references - {NOT_IN_USE_YET}:
        what, _, name = reference.partition(" ")
        if what == "code":
            module, _, function = name.partition(":")
            assert hasattr(__import__(module, fromlist=[function]), function), reference
        else:
            assert name in exists[what], reference


@pytest.mark.parametrize("schema", list(FED))
def test_a_field_is_listed_as_not_in_use_exactly_where_the_product_says_so(app: Flask, schema: type[BaseModel]) -> None:
    kind = next(each for each in documents.kinds if each.schema is schema)
    said = kind.not_in_use(documents.shipped(schema, kind.default))
    marked = {sentence.split("”")[0].removeprefix("“") for sentence in said if f"is {NOT_IN_USE_YET}" in sentence}
    assert {name for name, feeds in FED[schema].items() if feeds == (NOT_IN_USE_YET,)} == marked


@pytest.mark.parametrize("schema", list(FED))
def test_every_figure_of_a_policy_is_read_by_some_code(schema: type[BaseModel]) -> None:
    fields = {name for model in models_in(schema) for name in model.model_fields}
    assert fields - attributes_read() - SHOWN_ONLY - RULES_BY_KEY == set()


def test_every_kind_of_requirement_that_a_pathway_can_ask_for_can_be_recorded(app: Flask) -> None:
    assert {each.kind for domain in domains for each in domain.requirement_kinds} == set(RECORDED)
    pathway = documents.shipped(Pathway, SHIPPED)
    assert {need.kind for need in pathway.requirements.values()} <= set(RECORDED)


def test_every_check_and_observation_that_ships_can_be_chosen_on_its_page(
    client: FlaskClient, people: People, sign_in: SignIn
) -> None:
    pathway = documents.shipped(Pathway, SHIPPED)
    about = people.person("Wren")
    sign_in(client, people.person("Sable", roles=(Role.ASSESSOR,)))
    observation = client.get(f"/sign-offs/{about.id}/observation").text
    for need in pathway.requirements.values():
        if need.kind == FactKind.OBSERVED:
            assert f'value="{need.key}"' in observation, need.key
        if need.kind == FactKind.CHECK:
            levels = [level for level in Level if level.key == need.key]
            page = client.get(f"/sign-offs/{about.id}/check").text
            assert any(f'value="{level}"' in page for level in levels), need.key
            assert all(f'value="{each}"' in page for each in need.facts.get("level", ())), need.key
            assert all(f'value="{each}"' in page for each in need.facts.get("workforce", ())), need.key
            assert all(f'value="{each}"' in page for each in need.facts.get("outcome", ())), need.key
