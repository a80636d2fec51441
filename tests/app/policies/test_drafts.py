"""Writing a new version of a policy: faults with their places, the comparison, and saving."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app import db
from app.audit import AuditLine
from app.people.models import Person, Role
from app.policies import documents, drafts
from app.policies.documents import PolicyVersion
from app.policies.drafts import PolicyDraft, WrittenMeanwhile
from app.policies.plain_data import as_yaml, plain
from app.policies.versions import kind_named, text_on
from app.refusals import Invalid
from progression.pathway import Pathway
from rota.scheduling.rules.policy import RotaRules
from tests.conftest import People, SignIn
from tests.times import NOW, TODAY

pytestmark = pytest.mark.both_databases

NEXT_WEEK = TODAY + timedelta(days=7)
PAGE = "/admin/policies/rota-rules/new"


@pytest.fixture
def as_admin(client: FlaskClient, people: People, sign_in: SignIn) -> FlaskClient:
    return sign_in(client, people.person("Tansy", roles=(Role.ADMIN,)))


def fields_of(page: str) -> dict[str, str]:
    """The fields that the form would submit unchanged."""
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
    assert re.search(r"<del[^>]*>11</del>.*<ins[^>]*>12</ins>", compared.text, re.DOTALL)
    assert written() == []
    kept = as_admin.post(PAGE, data=sent(fields_of(compared.text), "keep"), follow_redirects=True)
    assert "The version is kept." in kept.text
    assert "The board asked for it." in kept.text
    assert written() == [(NEXT_WEEK, "The board asked for it.")]
    assert documents.on(RotaRules, TODAY).rest.adult_hours == 11
    assert documents.on(RotaRules, NEXT_WEEK).rest.adult_hours == 12
    line = db.session.scalars(select(AuditLine).where(AuditLine.action == "policy.written")).one()
    assert line.details == {"kind": "rota-rules", "holds_from": NEXT_WEEK.isoformat()}


def test_a_text_changed_after_comparing_is_compared_again_and_not_saved(as_admin: FlaskClient) -> None:
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
            ("hours_in_a_day:\n  severity: overridable", "hours_in_a_day:\n  severity: often"),
            "“severity” must be 'hard', 'overridable', 'wish' or 'unused'. The line reads: severity: often",
        ),
        (
            ("nobody_alone:\n  severity: overridable", "nobody_alone:\n  severity: wish"),
            "“severity” must be 'hard', 'overridable' or 'unused'. The line reads: severity: wish",
        ),
        (
            ("never_under_hours: 8", "never_under_hours: 14"),
            "Line {line}, rest › never_under_hours: nobody may ever rest less than 14 hours, yet “adult_hours” asks",
        ),
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


def test_a_past_day_and_an_unchanged_text_are_refused(as_admin: FlaskClient) -> None:
    fields = fields_of(as_admin.get(PAGE).text)
    assert "Nothing here differs" in as_admin.post(PAGE, data=sent(fields, "compare")).text
    fields["document"] = longer_rest(fields["document"])
    answer = as_admin.post(PAGE, data=sent(fields, "compare", day=TODAY - timedelta(days=1)))
    assert "A version holds from today or later" in answer.text
    assert as_admin.post(PAGE, data=sent(fields, "compare", day=TODAY)).status_code == 200


def test_after_a_version_written_meanwhile_nothing_typed_is_lost(as_admin: FlaskClient, people: People) -> None:
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
        drafts.save(
            PolicyDraft(kind_named("rota-rules"), text, day, why="Another.", based_on=seen),
            by=by.id,
            today=TODAY,
            now=NOW,
        )


def test_save_refuses_an_outdated_draft_and_a_missing_reason(people: People) -> None:
    robin, kind = people.person("Robin"), kind_named("rota-rules")
    text = longer_rest(text_on(kind, TODAY))
    keep(text, by=robin, day=NEXT_WEEK)
    with pytest.raises(WrittenMeanwhile):
        keep(text, by=robin, day=TODAY)
    with pytest.raises(Invalid), db.writing():
        drafts.save(PolicyDraft(kind, text, TODAY, why=" ", based_on=1), by=robin.id, today=TODAY, now=NOW)


@pytest.mark.parametrize("name", ["pathway", "rota-rules"])
def test_a_written_version_reads_back_as_the_same_document_in_the_same_order(people: People, name: str) -> None:
    kind = kind_named(name)
    shipped = drafts.read(kind, text_on(kind, TODAY))
    text = as_yaml(plain(shipped))
    assert drafts.read(kind, text) == shipped
    assert as_yaml(plain(drafts.read(kind, text))) == text


def test_a_requirement_that_nobody_could_meet_is_pointed_out_before_it_is_kept(as_admin: FlaskClient) -> None:
    page = "/admin/policies/pathway/new"
    fields = fields_of(as_admin.get(page).text)
    assert "evidence: observed:welcome-talk" in fields["document"]
    fields["document"] = fields["document"].replace("observed:welcome-talk", "training:no-such-course")
    compared = unescape(as_admin.post(page, data=sent(fields, "compare")).text)
    assert "Nobody could meet “welcome-talk” now: nothing here brings training:no-such-course." in compared
    assert "“dbs-check”" not in compared


def test_the_page_of_a_policy_says_what_is_in_force_and_what_is_to_come(as_admin: FlaskClient, people: People) -> None:
    robin, kind = people.person("Robin"), kind_named("rota-rules")
    assert "as it ships with Nightlight" in as_admin.get("/admin/policies/rota-rules").text
    text = longer_rest(text_on(kind, TODAY))
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
    assert documents.on(Pathway, TODAY).name


def page_of(answer: TestResponse) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def test_a_mistyped_name_is_not_called_missing_and_faults_come_in_the_order_of_their_lines(
    as_admin: FlaskClient,
) -> None:
    fields = fields_of(as_admin.get(PAGE).text)
    text = fields["document"].replace("\nroom:", "\nroon:").replace("price: 5", "price: much")
    answer = page_of(as_admin.post(PAGE, data=sent({**fields, "document": text}, "compare")))
    assert "did you mean “room”? The line reads: roon:" in answer
    assert "“room” is missing" not in answer
    lines = [int(found) for found in re.findall(r"Line (\d+),", answer.partition("The document")[0])]
    assert len(lines) >= 3
    assert lines == sorted(lines)


def test_a_missing_reason_does_not_hide_what_is_wrong_with_the_document(as_admin: FlaskClient) -> None:
    fields = fields_of(as_admin.get(PAGE).text)
    fields["document"] = fields["document"].replace("adult_hours: 11\n", "adult_hours: -1\n")
    answer = page_of(as_admin.post(PAGE, data=sent(fields, "compare") | {"why": ""}))
    assert "Say why." in answer
    assert "“adult_hours” must be at least 0." in answer


def test_yaml_that_cannot_be_read_is_explained_without_the_words_of_its_parser(as_admin: FlaskClient) -> None:
    fields = fields_of(as_admin.get(PAGE).text)
    fields["document"] = fields["document"].replace("adult_hours: 11\n", "adult_hours: 11: 12\n")
    answer = page_of(as_admin.post(PAGE, data=sent(fields, "compare")))
    assert "text with a colon takes quotation marks. The line reads: adult_hours: 11: 12" in answer
    assert "mapping values" not in answer


def test_a_new_version_begins_from_the_last_one_to_come_so_that_it_undoes_nothing(
    as_admin: FlaskClient, people: People
) -> None:
    text = text_on(kind_named("rota-rules"), TODAY)
    keep(longer_rest(text), by=people.person("Robin"), day=NEXT_WEEK)
    fresh = as_admin.get(PAGE)
    assert "adult_hours: 12.0" in fields_of(fresh.text)["document"]
    assert "The text begins as the version that holds on" in page_of(fresh)
    assert f'value="{NEXT_WEEK.day}"' in fresh.text
    today = as_admin.get(f"{PAGE}?as_on={TODAY.isoformat()}")
    assert fields_of(today.text)["document"] == text
    assert "Another is written for" in page_of(today)


def test_the_comparison_shows_where_versions_undo_each_other(as_admin: FlaskClient, people: People) -> None:
    text = text_on(kind_named("rota-rules"), TODAY)
    keep(longer_rest(text), by=people.person("Robin"), day=NEXT_WEEK)
    fields = fields_of(as_admin.get(PAGE).text)
    fields["document"] = text.replace("adult_hours: 48", "adult_hours: 44")
    later = as_admin.post(PAGE, data=sent(fields, "compare", day=NEXT_WEEK + timedelta(days=1)))
    assert "changes rest › adult_hours. This one puts it back as it is today." in page_of(later)
    sooner = as_admin.post(PAGE, data=sent(fields, "compare", day=TODAY + timedelta(days=1)))
    assert "on that day hours_in_a_week › adult_hours is as before again." in page_of(sooner)
    fields["document"] = longer_rest(text).replace("adult_hours: 48", "adult_hours: 44")
    both = as_admin.post(PAGE, data=sent(fields, "compare", day=NEXT_WEEK + timedelta(days=1)))
    assert "puts it back" not in page_of(both)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            ("under_18_nights:\n  severity: hard", "under_18_nights:\n  severity: unused"),
            "“under_18_nights” is switched",
        ),
        (
            ("cool_down:\n  severity: overridable", "cool_down:\n  severity: unused"),
            "“cool_down” is not in use yet: Nightlight has no page",
        ),
        (
            ("peers_beside:\n  severity: hard", "peers_beside:\n  severity: overridable"),
            "“peers_beside” can be set aside: peers could be without",
        ),
        (("never_under_hours: 8", "never_under_hours: 0"), "somebody could go on with no rest at all."),
        (("under_18_hours: 40", "under_18_hours: 44"), "44 hours are more than the 40 that"),
    ],
)
def test_giving_up_a_protection_is_warned_of_in_plain_words(
    as_admin: FlaskClient, change: tuple[str, str], sentence: str
) -> None:
    fields = fields_of(as_admin.get(PAGE).text)
    assert change[0] in fields["document"]
    fields["document"] = fields["document"].replace(*change)
    compared = page_of(as_admin.post(PAGE, data=sent(fields, "compare")))
    assert "Please look" in compared
    assert sentence in compared


def test_the_shipped_policy_gives_no_warning_and_zero_is_compared_as_a_figure(as_admin: FlaskClient) -> None:
    fields = fields_of(as_admin.get(PAGE).text)
    fields["document"] = longer_rest(fields["document"])
    assert "Please look" not in page_of(as_admin.post(PAGE, data=sent(fields, "compare")))
    fields["document"] = fields["document"].replace("never_under_hours: 8", "never_under_hours: 0")
    assert re.search(r"<ins[^>]*>0</ins>", as_admin.post(PAGE, data=sent(fields, "compare")).text)
