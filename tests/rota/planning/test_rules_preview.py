"""Before other rota rules are kept, the page says what they would do to published and drafted seats."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient

from app import db
from app.people.models import Person, Role
from app.policies import documents
from app.policies.plain_data import plain
from app.policies.preview import Preview
from rota.permissions import RotaPermission
from rota.planning.rules_preview import preview, with_pairs_as_now
from rota.scheduling.rules.policy import RotaRules, shipped_rules
from rota.store.models import ChannelKind, Rota
from tests.app.policies.test_in_words import fields_of, sent
from tests.conftest import People, SignIn
from tests.rota.crew import Crew, seats
from tests.times import NOW, TODAY


@pytest.fixture
def wren(crew: Crew) -> Person:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    return wren


@pytest.fixture
def rota(wren: Person, crew: Crew) -> Rota:
    """Two evenings on call, 20 hours apart, both drafted for Wren."""
    rota = crew.rota(crew.evenings("Board", kind=ChannelKind.ON_CALL))
    for seat in seats(rota):
        crew.give(rota, seat, wren)
    return rota


def rules(**changed: dict[str, object]) -> RotaRules:
    document = plain(shipped_rules())
    for key, figures in changed.items():
        document[key] |= figures
    return RotaRules.model_validate(document)


def seen(wanted: RotaRules, *, first: date = TODAY, takes_over: date | None = None, planner: bool = True) -> Preview:
    db.session.rollback()
    return preview(wanted, first, takes_over, NOW, [RotaPermission.PLAN] if planner else [])


def sentences(found: Preview) -> list[str]:
    return [effect.sentence for effect in found.effects]


STRICTER: dict[str, dict[str, object]] = {"rest": {"adult_hours": 24, "under_18_hours": 24}}


def test_a_seat_that_a_stricter_rest_breaks_is_named_to_planners(rota: Rota) -> None:
    (effect,) = seen(rules(**STRICTER)).effects
    assert effect.sentence.startswith("1 seat of 1 person would not keep to it")
    (one,) = effect.named
    assert one.what == "Wren, moderator, Board (in the draft)"
    assert one.values["rota_id"] == rota.id
    assert one.values["seat"] in {seat.id for seat in seats(rota)}
    assert one.at in {seat.starts_at for seat in seats(rota)}
    assert "rest" in one.why
    assert one.why.endswith("That may be set aside with a reason.")


def test_somebody_who_plans_no_rotas_is_told_numbers_alone(rota: Rota) -> None:
    (effect,) = seen(rules(**STRICTER), planner=False).effects
    assert effect.sentence.startswith("1 seat of 1 person")
    assert effect.named == ()
    assert "Wren" not in repr(effect)


def test_rules_that_change_nothing_there_do_nothing(rota: Rota) -> None:
    assert seen(rules()).effects == ()
    assert seen(rules(weekends={"source": "Ours."})).effects == ()


def test_a_seat_that_would_keep_to_it_again_is_told_as_better(rota: Rota) -> None:
    with db.writing():
        documents.write("rota-rules", plain(rules(**STRICTER)), holds_from=TODAY, why="Stricter.", by=None, now=NOW)
    (effect,) = seen(rules()).effects
    assert effect.is_good
    assert effect.sentence.startswith("1 seat of 1 person would keep to it")


def test_a_rule_that_could_be_set_aside_and_no_longer_can_is_told(rota: Rota) -> None:
    loose = rules(rest={"adult_hours": 24, "under_18_hours": 24})
    hard = rules(rest={"adult_hours": 24, "under_18_hours": 24, "severity": "hard"})
    assert seen(loose).effects[0].named[0].why.endswith("with a reason.")
    assert seen(hard).effects[0].named[0].why.endswith("Nobody may set that aside.")


def test_only_the_four_weeks_until_the_next_version_are_looked_at(rota: Rota) -> None:
    assert seen(rules(**STRICTER), takes_over=rota.starts_on).effects == ()
    assert seen(rules(**STRICTER), first=rota.ends_on + timedelta(days=1)).effects == ()
    assert seen(rules(**STRICTER), takes_over=rota.ends_on + timedelta(days=2)).effects


def test_a_shift_that_is_no_longer_safe_to_open_is_told(wren: Person, crew: Crew) -> None:
    rota = crew.rota(crew.evenings("Board"))
    crew.give(rota, seats(rota)[0], wren)
    found = seen(rules(nobody_alone={"at_least": 1}))
    assert any(effect.is_good and "safe to open" in effect.sentence for effect in found.effects)


def test_no_preview_tells_who_is_kept_apart_or_together(rota: Rota) -> None:
    found = seen(rules(apart={"severity": "unused"}))
    assert found.effects == ()
    assert "Who is kept apart or together is left out of it" in found.looked_at
    changed = rules(apart={"severity": "unused"}, together={"severity": "hard"}, rest={"adult_hours": 12})
    judged = with_pairs_as_now(changed, shipped_rules())
    assert (judged.apart, judged.together) == (shipped_rules().apart, shipped_rules().together)
    assert judged.rest.adult_hours == 12


def test_the_form_shows_it_before_the_version_is_kept(
    rota: Rota, client: FlaskClient, people: People, sign_in: SignIn
) -> None:
    page = "/admin/policies/rota-rules/change"
    sign_in(client, people.person("Tansy", roles=(Role.ADMIN, Role.COORDINATOR)))
    fields = fields_of(client.get(page).text)
    from_today = {"holds_from": [str(TODAY.day), str(TODAY.month), str(TODAY.year)]}
    changed = sent(fields, "compare", rest__adult_hours="24", rest__under_18_hours="24")
    compared = client.post(page, data=changed | from_today)
    assert "What it would do" in compared.text
    assert "1 seat of 1 person would not keep to it" in compared.text
    assert f'href="/rota/{rota.id}?seat=' in compared.text
    assert "Wren, moderator, Board (in the draft)" in compared.text
