"""What a pathway leaves out is asked for with one press, after a look at whom it asks; nobody cleared loses a duty."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient

from app import clock, db
from app.people.models import Role
from app.policies import documents, versions
from progression.documents import agreeing, editions
from progression.documents.shipped import COMMUNITY_GUIDELINES, CONFIDENTIALITY
from progression.duties import Duty
from progression.left_out import not_asked_for, suggestions
from progression.pathway import Pathway
from progression.stages import Stage
from progression.standing import standings_of
from tests.conftest import People, SignIn
from tests.progression.facts import LONDON, SHIPPED_PATHWAY
from tests.progression.test_grace import with_grace, without_safeguarding
from tests.rota.crew import Crew
from tests.times import NOW, TODAY
from tests.training.reading import Reader

KEYS = (COMMUNITY_GUIDELINES.key, CONFIDENTIALITY.key)


def no_safeguarding() -> Pathway:
    document = without_safeguarding().model_dump()
    del document["requirements"]["safeguarding"]
    steps = {stage: [code for code in codes if code != "safeguarding"] for stage, codes in document["steps"].items()}
    return Pathway.model_validate(document | {"steps": steps})


def test_volunteers_and_staff_are_asked_for_the_documents_and_peers_are_not(app: Flask) -> None:
    (suggestion,) = suggestions(SHIPPED_PATHWAY, NOW)
    asked = suggestion.document
    assert isinstance(asked, Pathway)
    for stage, codes in asked.steps.items():
        assert (set(KEYS) <= set(codes)) == (stage is not Stage.PEER)
    for demand in asked.duties.values():
        assert (set(KEYS) <= set(demand.needs)) == (demand.from_stage >= Stage.VOLUNTEER)
    assert Pathway.model_validate(asked.model_dump()) == asked
    assert (suggestions(asked, NOW), not_asked_for(asked)) == ([], [])


def test_safeguarding_is_suggested_only_where_no_duty_asks_for_it_yet(app: Flask) -> None:
    suggested = {each.key: each.document for each in suggestions(no_safeguarding(), NOW)}
    asked = suggested["safeguarding"]
    assert isinstance(asked, Pathway)
    assert all("safeguarding" in demand.needs for demand in asked.duties.values())
    duties = dict(SHIPPED_PATHWAY.duties)
    duties[Duty.HOST] = duties[Duty.HOST].model_copy(update={"needs": ("code-of-conduct",)})
    partly = SHIPPED_PATHWAY.model_copy(update={"duties": duties})
    assert "safeguarding" not in {each.key for each in suggestions(partly, NOW)}
    assert "safeguarding" not in {each.key for each in suggestions(with_grace(), NOW)}


def test_one_press_shows_whom_it_asks_and_keeps_it_and_nobody_who_is_cleared_loses_a_duty(
    people: People, client: FlaskClient, sign_in: SignIn
) -> None:
    crew = Crew(people)
    wren, moss = crew.moderator("Wren"), crew.moderator("Moss")
    with db.writing():
        for each in (COMMUNITY_GUIDELINES, CONFIDENTIALITY):
            number = editions.present_edition(each, TODAY).number
            agreeing.agree(moss, each, edition=number, now=NOW)
    reader = Reader(sign_in(client, people.person("Sable", roles=(Role.ADMIN,))))
    reader.open("/admin/health").press("Ask volunteers and staff to agree to the documents")
    assert "1 person goes on without “Community guidelines” until 1 April 2027" in reader.text
    assert "No coming seat loses its holder under it." in reader.text
    assert "loses a duty" not in reader.text
    assert versions.latest_id(versions.kind_named("pathway")) == 0, "nothing is kept by looking"
    typed = {one.get("name"): one.text or "" for one in reader.page.iter("textarea")}
    reader.press("Keep this version", keep="Keep this version", **typed)
    assert "The version is kept." in reader.text
    assert "Ask volunteers and staff" not in reader.open("/admin/health").text
    assert set(KEYS) <= set(documents.on(Pathway, TODAY).requirements)
    db.session.rollback()
    after = clock.starts(TODAY + timedelta(weeks=6, days=1), LONDON)
    found = standings_of([wren.id, moss.id], NOW)
    for person, may_later in ((wren, False), (moss, True)):
        assert found[person.id].may(Duty.MODERATOR, NOW, NOW + timedelta(hours=1))
        assert found[person.id].may(Duty.MODERATOR, after, after + timedelta(hours=1)) is may_later
    assert found[wren.id].without == KEYS


def test_an_unknown_suggestion_begins_with_the_version_in_force(
    people: People, client: FlaskClient, sign_in: SignIn
) -> None:
    sign_in(client, people.person("Sable", roles=(Role.ADMIN,)))
    client.get("/admin/health")
    page = client.post("/admin/policies/pathway/new", data={"suggested": "everything"}).text
    assert "Keep this version" not in page
