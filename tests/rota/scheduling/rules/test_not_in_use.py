"""Rules that lack roster data are marked: in the defaults, on the policy's pages, and in cautions about a version."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.people.models import Role
from rota.scheduling.roster_data import RosterData
from rota.scheduling.rules.policy import DEFAULTS, Severity, shipped_rules
from rota.scheduling.rules.policy_checks import cautions, not_in_use
from rota.scheduling.rules.registry import RULES
from rota.store.snapshot import SUPPLIED
from tests.conftest import People, SignIn
from tests.rota.scheduling.rosters import rules_with
from tests.times import NOW

EVERYTHING = frozenset(RosterData)
MARK = re.compile(r"((?:^# .*\n)+)^(\w+):$", re.MULTILINE)


def sentences(**changes: Any) -> list[str]:
    return not_in_use(rules_with(**changes), supplied=SUPPLIED)


def marks_in_the_defaults() -> list[str]:
    """Each marked rule of the shipped document, worded as the pages word it."""
    found = []
    for comment, key in MARK.findall(DEFAULTS.read_text(encoding="utf-8")):
        words = " ".join(line.removeprefix("# ") for line in comment.splitlines())
        if "in use yet:" in words:
            found.append(f"“{key}” is {words[0].lower()}{words[1:]}")
    return found


def test_the_shipped_document_marks_exactly_what_is_not_in_use() -> None:
    assert sorted(marks_in_the_defaults()) == sorted(sentences())


def test_with_everything_supplied_every_rule_is_in_use() -> None:
    assert not_in_use(shipped_rules(), supplied=EVERYTHING) == []


def test_a_rule_that_lacks_data_says_what_is_missing_and_what_holds_until_then() -> None:
    assert sentences() == [
        "“cool_down” is not in use yet: Nightlight has no page on which a shift is noted as a hard one. "
        "Until there is one, no shift is followed by a longer rest."
    ]


def test_a_rule_that_lacks_a_part_of_its_data_says_what_counts_for_now() -> None:
    said = not_in_use(shipped_rules(), supplied=EVERYTHING - {RosterData.NEWCOMERS})
    [experienced] = [sentence for sentence in said if sentence.startswith("“experienced_adult”")]
    assert experienced.startswith("“experienced_adult” is only partly in use yet: Nightlight has no record of")
    assert experienced.endswith("any adult who leads or moderates counts as experienced.")


@pytest.mark.parametrize(("rule", "figure"), [("weekends", "most"), ("shortest_break", "least")])
def test_a_rule_without_a_figure_comes_into_use_with_one(rule: str, figure: str) -> None:
    supplied = EVERYTHING - {RosterData.RUNS}
    assert any(sentence.startswith(f"“{rule}”") for sentence in not_in_use(shipped_rules(), supplied=supplied))
    with_figure = not_in_use(rules_with(**{rule: {figure: 2}}), supplied=supplied)
    assert not any(sentence.startswith(f"“{rule}”") for sentence in with_figure)


def test_nobody_is_warned_that_a_protection_is_weakened_that_protects_nobody_yet() -> None:
    weaker = rules_with(apart={"severity": Severity.OVERRIDABLE}, cool_down={"severity": Severity.UNUSED})
    without = EVERYTHING - {RosterData.PAIRS, RosterData.HARD_SHIFTS}
    found = cautions(weaker, NOW, supplied=without)
    assert [sentence.split(":")[0] for sentence in found] == [
        "“cool_down” is not in use yet",
        "“apart” is not in use yet",
    ]
    assert cautions(weaker, NOW, supplied=EVERYTHING) == [
        "“cool_down” is switched off: people could be given a shift soon after a hard one, and nobody is told.",
        "“apart” can be set aside: people who are kept apart could be seated together, if somebody gives a reason.",
    ]


def test_what_ships_gives_up_no_protection() -> None:
    assert cautions(shipped_rules(), NOW, supplied=SUPPLIED) == []


def test_what_a_policy_may_never_set_aside_unnoticed() -> None:
    always = {rule.key for rule in RULES if rule.protects} & {
        name for name, settings in shipped_rules() if settings.severity is Severity.HARD
    }
    assert always == {"under_18_nights", "apart", "peers_beside", "most_they_asked"}


@pytest.mark.parametrize(
    ("page", "called"),
    [("/admin/policies/rota-rules", "“Rest after a hard shift”"), ("/admin/policies/rota-rules/new", "“cool_down”")],
)
def test_the_pages_of_the_policy_say_what_is_not_in_use(
    client: FlaskClient, people: People, sign_in: SignIn, page: str, called: str
) -> None:
    """In words where the rules are read in words, and by its key where the document itself is written."""
    sign_in(client, people.person("Tansy", roles=(Role.ADMIN,)))
    text = client.get(page).text
    (sentence,) = sentences()
    assert sentence.replace("“cool_down”", called) in text
    assert "Not in use yet" not in client.get(page.replace("rota-rules", "pathway")).text
