"""A rule is one object: its class, its settings and its default say everything, and no other module lists rules."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from progression.duties import Duty
from rota.scheduling.roster import Roster, RosterPerson, Stint
from rota.scheduling.rules.base import PersonRule, Rule, SeatRule, ShiftRule
from rota.scheduling.rules.book import RuleBook, person_breaches, rules_in_force
from rota.scheduling.rules.policy import DEFAULTS, RotaRules, ShiftRuleSettings, shipped_rules
from rota.scheduling.rules.registry import RULE_OF, RULES
from tests.architecture.source import ROOT, name_of, python_files, tree_of
from tests.rota.scheduling.rosters import at, everyone_on, person, roster, shift

SUNDAY = 6

NO_RULE = {"parts"}
"""Fields of the policy that no rule reads: figures for what the fixes may suggest."""


def every_rule_class(base: type[Rule] = Rule) -> Iterator[type[Rule]]:
    """Every class that is a whole rule, below a class."""
    for each in base.__subclasses__():
        if not inspect.isabstract(each) and "key" in vars(each) | vars(each.__mro__[1]):
            yield each
        yield from every_rule_class(each)


def test_every_rule_is_registered_once() -> None:
    ours = {rule for rule in every_rule_class() if rule.__module__.startswith("rota.")}
    assert set(RULES) == ours
    assert len(RULES) == len(set(RULES))


def test_every_rule_has_settings_of_its_key_and_every_setting_a_rule() -> None:
    assert set(RULE_OF) | NO_RULE == set(RotaRules.model_fields)
    assert not set(RULE_OF) & NO_RULE


def test_every_rule_says_what_others_need_to_know_of_it() -> None:
    for rule in RULES:
        assert rule.statement.endswith("."), rule
        assert issubclass(rule, SeatRule | PersonRule | ShiftRule), rule
        assert isinstance(rule.monotone, bool), rule
        assert rule.__doc__, rule
        if rule.protects is not None:
            assert rule.protects[0].islower(), rule
            assert not rule.protects.endswith("."), rule
        assert all(rule.obstacle), rule
        for need in rule.needs:
            assert need.otherwise[0].islower(), rule
            assert not need.otherwise.endswith("."), rule


def test_every_rule_has_a_default_with_its_source() -> None:
    defaults: dict[str, dict[str, Any]] = yaml.safe_load(DEFAULTS.read_text(encoding="utf-8"))
    assert set(defaults) == set(RotaRules.model_fields)
    assert [key for key, settings in defaults.items() if len(settings.get("source", "")) < 10] == []


def test_only_rules_about_shifts_have_settings_without_stages() -> None:
    # Wishes are a person's own; that some are about who is beside them makes them no rule about a shift.
    about_shifts = {rule.key for rule in RULES if issubclass(rule, ShiftRule)} - {"wishes"}
    settings = {name for name, each in shipped_rules() if isinstance(each, ShiftRuleSettings)}
    assert settings == about_shifts


def test_the_book_is_kept_and_equal_policies_share_it() -> None:
    assert rules_in_force(shipped_rules()) is rules_in_force(shipped_rules().model_copy(deep=True))


class NoSundays(SeatRule):
    """A rule of this file alone: its class is all there is of it."""

    key = "availability"  # whose settings it borrows
    statement = "Nobody works on Sundays."

    def forbids(self, roster: Roster, person: RosterPerson, stint: Stint) -> bool:
        return roster.day_of(stint).weekday() == SUNDAY

    def reason(self, roster: Roster, person: RosterPerson, stint: Stint) -> str:
        return f"{person.name} does not work on Sundays."


def test_a_new_rule_is_judged_by_its_class_alone() -> None:
    rule = NoSundays.from_policy(shipped_rules(), ())
    example = roster([person(1)], [saturday := shift(at(5, 9)), sunday := shift(at(6, 9))])
    plan = everyone_on((saturday, Duty.MODERATOR, example.people[0]), (sunday, Duty.MODERATOR, example.people[0]))
    stints = example.stints(example.people[0], plan.seatings)
    found = person_breaches(example, RuleBook((rule,), (), ()), example.people[0], stints)
    assert [(each.shift_ids, each.sentence) for each in found] == [((sunday.id,), "Larch does not work on Sundays.")]


def rule_keys_in(path: Path) -> Iterator[str]:
    """Where a file holds a rule's key as a string, except where the rule's class gives its own."""
    own = {
        id(statement.value)
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ClassDef)
        for statement in node.body
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "key"
    }
    for node in ast.walk(tree_of(path)):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and node.value in RULE_OF
            and id(node) not in own
        ):
            yield f"{name_of(path)}:{node.lineno} {node.value}"


def test_no_module_names_a_rule_by_a_string() -> None:
    """So that a new rule touches its class, its settings and its default, and nothing else."""
    # The model names the lengths of runs, and the objectives the even share, by words that are keys of rules too.
    other_meaning = ("rota/scheduling/engine/model.py", "rota/scheduling/engine/objectives.py")
    paths = [path for path in python_files("rota/scheduling") if name_of(path) not in other_meaning]
    assert [each for path in paths for each in rule_keys_in(path)] == []


def test_a_named_rule_would_be_found() -> None:
    listing = ROOT / "tests" / "rota" / "scheduling" / "rules" / "test_strictness.py"
    assert any("most_they_asked" in each for each in rule_keys_in(listing))
