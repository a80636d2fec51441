"""What a person lacks for each duty: shown to people who plan, and to nobody else."""

from __future__ import annotations

from app.people.models import Role
from rota.planning.missing_requirements import missing_for_duties
from tests.rota.crew import Crew
from tests.times import NOW


def test_only_people_who_plan_see_it(crew: Crew) -> None:
    otter = crew.peer("Otter")
    tansy, ash = crew.people.person("Tansy", roles=(Role.COORDINATOR,)), crew.people.person("Ash", roles=(Role.LEAD,))
    assert missing_for_duties(otter, tansy, NOW) is not None
    assert missing_for_duties(otter, ash, NOW) is None
    assert missing_for_duties(otter, otter, NOW) is None


def test_sign_offs_have_their_titles_and_checks_stay_private(crew: Crew) -> None:
    otter = crew.peer("Otter")
    card = missing_for_duties(otter, crew.people.person("Tansy", roles=(Role.COORDINATOR,)), NOW)
    assert card is not None
    shown = str(card.context["missing"])
    assert "an assessor gives it" in shown
    assert "Something else" in shown
    assert "DBS" not in shown


def test_a_person_cleared_for_everything_has_no_card(crew: Crew) -> None:
    heron = crew.lead("Heron")
    assert missing_for_duties(heron, crew.people.person("Tansy", roles=(Role.COORDINATOR,)), NOW) is None
