"""Writing a new version of a policy: each fault with its place, compared before it is kept, and never the past."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app import db, policies, policy_drafts
from app.audit import AuditLine
from app.people.models import Person, Role
from app.policies import PolicyVersion
from app.policy_drafts import WrittenMeanwhile, kind_called
from app.refusals import Invalid
from progression.pathway import Pathway
from rota.rules.policy import RotaRules
from tests.conftest import People, SignIn
from tests.times import NOW, TODAY

pytestmark = pytest.mark.both_databases

NEXT_WEEK = TODAY + timedelta(days=7)
PAGE = "/admin/policies/rota-rules/new"


@pytest.fixture
def as_admin(client: FlaskClient, people: People, sign_in: SignIn) -> FlaskClient:
    return sign_in(client, people.person("Tansy", roles=(Role.ADMIN,)))


def fields_of(page: str) -> dict[str, str]:
    """What the form would send back as it stands."""
    hidden = {name: re.search(rf'name="{name}"[^>]* value="([^"]*)"', page) for name in ("seen", "compared")}
    document = re.search(r'<textarea[^>]*name="document"[^>]*>\r?\n?(.*?)</textarea>', page, re.DOTALL)
    assert document
    return {"document": unescape(document[1])} | {name: found[1] for name, found in hidden.items() if found}


def sent(fields: dict[str, str], button: str, *, day: date = NEXT_WEEK) -> dict[str, object]:
    return {
        **fields,
        "why": "The board asked for it.",
        "holds_from": [str(day.day), str(day.month), str(day.year)],
        button: "1",
    }


def longer_rest(text: str) -> str:
    assert "adult_hours: 11\n" in text
    return text.replace("adult_hours: 11\n", "adult_hours: 12\n")


def written() -> list[tuple[date, str]]:
    db.session.rollback()
    return [(row.holds_from, row.why) for row in db.session.scalars(select(PolicyVersion).order_by(PolicyVersion.id))]


def test_a_version_is_compared_then_kept_and_holds_from_its_day(as_admin: FlaskClient) -> None:
    fields = fields_of(as_admin.get(PAGE).text)
    assert fields["document"].startswith("# The rota rules as they ship.")
    fields["document"] = longer_rest(fields["document"]).replace("\n", "\r\n")
    compared = as_admin.post(PAGE, data=sent(fields, "compare"))
    assert compared.status_code == 200
    assert "1 value changes from" in compared.text
    assert "rest › adult_hours" in compared.text
    assert re.search(r"<del[^>]*>11\.0</del>.*<ins[^>]*>12\.0</ins>", compared.text)
    assert written() == []
    kept = as_admin.post(PAGE, data=sent(fields_of(compared.text), "keep"), follow_redirects=True)
    assert "The version is kept." in kept.text
    assert "The board asked for it." in kept.text
    assert written() == [(NEXT_WEEK, "The board asked for it.")]
    assert policies.on(RotaRules, TODAY).rest.adult_hours == 11
    assert policies.on(RotaRules, NEXT_WEEK).rest.adult_hours == 12
    line = db.session.scalars(select(AuditLine).where(AuditLine.action == "policy.written")).one()
    assert line.details == {"kind": "rota-rules", "holds_from": NEXT_WEEK.isoformat()}


def test_what_was_changed_after_comparing_is_compared_again_and_not_kept(as_admin: FlaskClient) -> None:
    fields = fields_of(as_admin.get(PAGE).text)
    fields["document"] = longer_rest(fields["document"])
    fields = fields_of(as_admin.post(PAGE, data=sent(fields, "compare")).text)
    fields["document"] = fields["document"].replace("adult_hours: 48", "adult_hours: 40")
    again = as_admin.post(PAGE, data=sent(fields, "keep"))
    assert "this is not what you compared before" in again.text
    assert "2 values change" in again.text
    assert written() == []
    assert as_admin.post(PAGE, data=sent(fields_of(again.text), "keep")).status_code == 302
    assert len(written()) == 1


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            ("adult_hours: 11\n", "adult_hours: -1\n"),
            "Line {line}, rest › adult_hours: “adult_hours” must be at least 0.",
        ),
        (("adult_hours: 11\n", "adult_hour: 11\n"), "“adult_hour” is not a word we know here; did you mean"),
        (("severity: hard\n  starts", "severity: never\n  starts"), "“severity” must be 'hard', 'overridable'"),
        (
            ("clearance:\n  severity: hard", "clearance:\n  severity: wish"),
            "Line {line}, clearance › severity: “severity” must be",
        ),
        (("rest:\n", "rest: [\n"), "this is not valid YAML"),
        (('starts: "22:00"', "starts: night"), "“starts” must be a time such as 22:00"),
        (("overlap:\n", "overlap: 3\nother:\n"), "“overlap” must be a list of names and values"),
    ],
)
def test_each_fault_is_named_with_its_place_and_what_was_typed_is_kept(
    as_admin: FlaskClient, change: tuple[str, str], sentence: str
) -> None:
    fields = fields_of(as_admin.get(PAGE).text)
    assert change[0] in fields["document"]
    before = fields["document"].partition(change[0])[0].count("\n") + change[0].rstrip().count("\n")
    fields["document"] = fields["document"].replace(*change, 1)
    answer = as_admin.post(PAGE, data=sent(fields, "keep"))
    assert answer.status_code == 422
    assert sentence.replace("{line}", str(before + 1)) in unescape(answer.text)
    assert fields_of(answer.text)["document"] == fields["document"]
    assert written() == []


def test_neither_the_past_nor_nothing_is_written(as_admin: FlaskClient) -> None:
    fields = fields_of(as_admin.get(PAGE).text)
    assert "Nothing here differs" in as_admin.post(PAGE, data=sent(fields, "compare")).text
    fields["document"] = longer_rest(fields["document"])
    answer = as_admin.post(PAGE, data=sent(fields, "compare", day=TODAY - timedelta(days=1)))
    assert "A version holds from today or later" in answer.text
    assert as_admin.post(PAGE, data=sent(fields, "compare", day=TODAY)).status_code == 200


def test_a_version_written_meanwhile_is_said_and_nothing_typed_is_lost(as_admin: FlaskClient, people: People) -> None:
    robin = people.person("Robin")
    fields = fields_of(as_admin.get(PAGE).text)
    fields["document"] = longer_rest(fields["document"])
    fields = fields_of(as_admin.post(PAGE, data=sent(fields, "compare")).text)
    keep(fields["document"].replace("adult_hours: 48", "adult_hours: 44"), by=robin, day=TODAY + timedelta(days=30))
    answer = as_admin.post(PAGE, data=sent(fields, "keep"))
    assert answer.status_code == 409
    assert "Somebody else wrote a version while this page was open." in answer.text
    assert fields_of(answer.text)["document"] == fields["document"]
    again = as_admin.post(PAGE, data=sent(fields_of(answer.text), "compare"))
    assert "the version that is written for that day takes over" in again.text
    assert as_admin.post(PAGE, data=sent(fields_of(again.text), "keep")).status_code == 302
    assert len(written()) == 2


def keep(text: str, *, by: Person, day: date, seen: int = 0) -> None:
    with db.writing():
        policy_drafts.keep(
            kind_called("rota-rules"), text, holds_from=day, why="Another.", seen=seen, by=by.id, today=TODAY, now=NOW
        )


def test_the_use_case_itself_refuses_what_is_overtaken_or_has_no_reason(people: People) -> None:
    robin, kind = people.person("Robin"), kind_called("rota-rules")
    text = longer_rest(policy_drafts.text_on(kind, TODAY))
    keep(text, by=robin, day=NEXT_WEEK)
    with pytest.raises(WrittenMeanwhile):
        keep(text, by=robin, day=TODAY)
    with pytest.raises(Invalid), db.writing():
        policy_drafts.keep(kind, text, holds_from=TODAY, why=" ", seen=1, by=robin.id, today=TODAY, now=NOW)


@pytest.mark.parametrize("name", ["pathway", "rota-rules"])
def test_a_written_version_reads_back_as_the_same_document_in_the_same_order(people: People, name: str) -> None:
    kind = kind_called(name)
    shipped = policy_drafts.read(kind, policy_drafts.text_on(kind, TODAY))
    text = policy_drafts._dumped(policy_drafts._plain(shipped.model_dump()))
    assert policy_drafts.read(kind, text) == shipped
    assert policy_drafts._dumped(policy_drafts._plain(policy_drafts.read(kind, text).model_dump())) == text


def test_a_requirement_that_nobody_could_meet_is_pointed_out_before_it_is_kept(as_admin: FlaskClient) -> None:
    page = "/admin/policies/pathway/new"
    fields = fields_of(as_admin.get(page).text)
    assert "evidence: observed:welcome-talk" in fields["document"]
    fields["document"] = fields["document"].replace("observed:welcome-talk", "training:no-such-course")
    compared = unescape(as_admin.post(page, data=sent(fields, "compare")).text)
    assert "Nobody could meet “welcome-talk” now: nothing here brings training:no-such-course." in compared
    assert "“dbs-check”" not in compared


def test_the_page_of_a_policy_says_what_is_in_force_and_what_is_to_come(as_admin: FlaskClient, people: People) -> None:
    robin, kind = people.person("Robin"), kind_called("rota-rules")
    assert "as it ships with Nightlight" in as_admin.get("/admin/policies/rota-rules").text
    text = longer_rest(policy_drafts.text_on(kind, TODAY))
    keep(text, by=robin, day=TODAY)
    keep(text.replace("adult_hours: 48", "adult_hours: 44"), by=robin, day=NEXT_WEEK, seen=1)
    page = as_admin.get("/admin/policies/rota-rules").text
    assert "In force</span>" in page
    assert "To come</span>" in page
    assert "Written by Robin" in page
    assert "adult_hours: 12.0" in fields_of(as_admin.get(PAGE).text)["document"]
    assert "as written to hold from" in as_admin.get("/admin").text
    assert as_admin.get("/admin/policies/nothing").status_code == 404


def test_only_administrators_open_it(client: FlaskClient, people: People, sign_in: SignIn) -> None:
    others = tuple(role for role in Role if role is not Role.ADMIN)
    sign_in(client, people.person("Sable", roles=others))
    assert client.get(PAGE).status_code == 403
    assert client.post(PAGE).status_code == 403
    assert policies.on(Pathway, TODAY).name
