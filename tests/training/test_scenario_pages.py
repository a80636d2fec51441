"""Which page of a scenario comes next."""

from __future__ import annotations

from tests.times import NOW
from tests.training.courses import shipped
from training import scenario, scenario_pages
from training.attempts import ScenarioAttempt
from training.models import UnitAttempt
from training.pack import Scenario
from training.scenario import ChoiceMade
from training.scenario_pages import BeginPage, ConsequencePage, EndingPage, ScenarioPage, StepPage

unit = shipped().unit("the-thread-at-1-am")
assert isinstance(unit, Scenario)
STORY: Scenario = unit


def page_after(*made: ChoiceMade, goes_back: bool = False, goes_on: bool = False) -> ScenarioPage:
    row = UnitAttempt(id=1, enrolment_id=1, unit=STORY.slug, number=1, drawn=[], started_at=NOW)
    attempt = ScenarioAttempt(row, made, scenario.path_of(STORY, made))
    return scenario_pages.page_of(attempt, goes_back=goes_back, goes_on=goes_on)


def test_before_the_first_attempt_there_is_a_page_to_begin_on() -> None:
    assert isinstance(scenario_pages.page_of(None, goes_back=False, goes_on=False), BeginPage)


def test_a_choice_that_lands_well_leads_to_the_next_step() -> None:
    page = page_after(ChoiceMade("first-look", "name-both"))
    assert isinstance(page, StepPage)
    assert (page.step.key, page.is_again) == ("moss-joins", False)


def test_any_other_choice_shows_its_consequence_until_the_reader_goes_on_or_back() -> None:
    wait = ChoiceMade("first-look", "wait")
    page = page_after(wait)
    assert isinstance(page, ConsequencePage)
    assert (page.step.key, page.choice.key, page.strongest.lands) == ("first-look", "wait", "well")
    onward, again = page_after(wait, goes_on=True), page_after(wait, goes_back=True)
    assert isinstance(onward, StepPage)
    assert isinstance(again, StepPage)
    assert (onward.step.key, onward.is_again) == ("it-climbs", False)
    assert (again.step.key, again.is_again) == ("first-look", True)


def test_the_last_choice_leads_to_an_ending() -> None:
    made = [ChoiceMade("first-look", "wait"), ChoiceMade("it-climbs", "close"), ChoiceMade("door-shut", "morning")]
    assert isinstance(page_after(*made, goes_on=True), EndingPage)
