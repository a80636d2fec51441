"""The preview of a pathway: who gains or loses what, and on which date, before it is kept."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient

from app import clock
from app.people.models import Role
from app.policies.plain_data import as_yaml, plain
from progression.intervals import Interval
from progression.pathway import Grace, Pathway
from progression.permissions import ProgressionPermission
from progression.preview import first_outside, preview
from tests.conftest import People, SignIn
from tests.progression.asking import with_branch
from tests.progression.facts import LONDON, SHIPPED_PATHWAY, day
from tests.rota.crew import Crew
from tests.times import NOW, TODAY

MAY_SEE = [ProgressionPermission.SEE_STANDING]


def span(first: str, last: str) -> Interval:
    return Interval(day(first), day(last))


@pytest.mark.parametrize(
    ("spans", "others", "at"),
    [
        ([span("2026-03-01", "2026-03-09")], [], "2026-03-01"),
        ([span("2026-03-01", "2026-03-09")], [span("2026-03-01", "2026-03-05")], "2026-03-05"),
        ([span("2026-03-01", "2026-03-09")], [span("2026-03-02", "2026-03-09")], "2026-03-01"),
        ([span("2026-03-01", "2026-03-09")], [span("2026-02-01", "2026-04-01")], None),
        (
            [span("2026-03-01", "2026-03-03"), span("2026-03-05", "2026-03-09")],
            [span("2026-03-01", "2026-03-06")],
            "2026-03-06",
        ),
        ([], [span("2026-03-01", "2026-03-09")], None),
    ],
)
def test_the_first_instant_that_is_lost(spans: list[Interval], others: list[Interval], at: str | None) -> None:
    assert first_outside(spans, others) == (day(at) if at else None)


def with_grace(until: date) -> Pathway:
    """Leads are asked for the branch; who leads today goes on until a day."""
    pathway = with_branch(signers=1)
    need = pathway.requirements["in-lead"].model_copy(update={"grace": Grace(cleared_at=NOW, until=until)})
    return pathway.model_copy(update={"requirements": {**pathway.requirements, "in-lead": need}})


def test_who_loses_a_duty_is_named_with_the_day_to_those_who_may_know(people: People) -> None:
    Crew(people).lead("Robin")
    ahead = TODAY + timedelta(days=7)
    (found,) = preview(with_branch(), ahead, None, NOW, MAY_SEE).effects
    assert found.sentence.startswith("1 person loses the duty lead")
    (named,) = found.named
    assert (named.what, named.at) == ("Robin", clock.starts(ahead, LONDON))
    (counted,) = preview(with_branch(), ahead, None, NOW, []).effects
    assert (counted.sentence, counted.named) == (found.sentence, ())


def test_time_to_do_it_puts_the_day_off(people: People) -> None:
    Crew(people).lead("Robin")
    until = TODAY + timedelta(days=30)
    (found,) = preview(with_grace(until), TODAY, None, NOW, MAY_SEE).effects
    assert found.named[0].at == clock.ends(until, LONDON)
    assert preview(with_grace(TODAY + timedelta(days=120)), TODAY, None, NOW, MAY_SEE).effects == ()


def test_a_milder_pathway_says_who_gains(people: People) -> None:
    Crew(people).peer("Wren")
    text = SHIPPED_PATHWAY.model_dump(mode="json")
    text["duties"]["moderator"] |= {"from_stage": "peer", "needs": ["code-of-conduct", "safeguarding", "conflict"]}
    (found,) = preview(Pathway.model_validate(text), TODAY, None, NOW, MAY_SEE).effects
    assert found.is_good
    assert found.sentence.startswith("1 person gains the duty moderator")


def test_the_pathway_that_holds_changes_nothing(people: People) -> None:
    Crew(people).lead("Robin")
    assert preview(SHIPPED_PATHWAY, TODAY, None, NOW, MAY_SEE).effects == ()


def test_the_page_shows_it_before_a_version_is_kept(people: People, client: FlaskClient, sign_in: SignIn) -> None:
    Crew(people).lead("Robin")
    sign_in(client, people.person("Aster", roles=(Role.ADMIN,)))
    day_ = {"holds_from": [str(TODAY.day), str(TODAY.month), str(TODAY.year)]}
    page = client.post(
        "/admin/policies/pathway/new",
        data={
            "document": as_yaml(plain(with_branch())),
            "why": "Leads are chosen",
            "seen": "0",
            **day_,
            "compare": "1",
        },
    ).text
    assert "1 person loses the duty lead" in page
    assert ">Robin</a>" in page
