"""Changing a policy on a form in words, and reading it in words."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape
from html.parser import HTMLParser
from io import BytesIO

import pytest
from flask.testing import FlaskClient

from app import db
from app.people.models import Person, Role
from app.policies import documents
from app.policies.plain_data import plain
from rota.scheduling.rules.policy import RotaRules, Severity
from tests.conftest import People, SignIn
from tests.times import NOW, TODAY

NEXT_WEEK = TODAY + timedelta(days=7)
PAGE = "/admin/policies/rota-rules/change"


@pytest.fixture
def as_admin(client: FlaskClient, people: People, sign_in: SignIn) -> FlaskClient:
    return sign_in(client, people.person("Tansy", roles=(Role.ADMIN,)))


class _Fields(HTMLParser):
    """Reads what a browser would send of a page's form, without its buttons."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: dict[str, list[str]] = {}
        self.text: str | None = None
        self.select: str | None = None
        self.first: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = dict(attrs)
        name, value = held.get("name"), held.get("value") or ""
        if tag == "input" and name and (held.get("type") not in ("checkbox", "submit") or "checked" in held):
            self.sent.setdefault(name, []).append(value)
        elif tag == "textarea":
            self.text, self.sent[name or ""] = name, [""]
        elif tag == "select":
            self.select, self.first = name, None
        elif tag == "option" and self.select and ("selected" in held or self.first is None):
            self.first = self.first or value
            self.sent[self.select] = [value]

    def handle_data(self, data: str) -> None:
        if self.text is not None:
            self.sent[self.text][0] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self.text is not None:
            self.sent[self.text][0] = re.sub(r"^\r?\n", "", self.sent[self.text][0])
            self.text = None
        if tag == "select":
            self.select = None


def fields_of(page: str) -> dict[str, list[str]]:
    """The fields that a browser would send unchanged."""
    reader = _Fields()
    reader.feed(page)
    return reader.sent


def sent(fields: dict[str, list[str]], button: str, **changed: str) -> dict[str, list[str]]:
    """The form as a browser sends it by a button, with some boxes changed: `rest__adult_hours` is one."""
    boxes = {f"p.{name.replace('__', '.')}": [value] for name, value in changed.items()}
    assert set(boxes) <= set(fields)
    return {
        **fields,
        "why": ["The board asked for it."],
        "holds_from": [str(NEXT_WEEK.day), str(NEXT_WEEK.month), str(NEXT_WEEK.year)],
        **boxes,
        button: ["1"],
    }


def words_of(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def test_a_figure_is_changed_in_words_compared_and_kept(as_admin: FlaskClient) -> None:
    fields = fields_of(as_admin.get(PAGE).text)
    compared = as_admin.post(PAGE, data=sent(fields, "compare", rest__adult_hours="12"))
    assert compared.status_code == 200
    assert "1 value changes" in compared.text
    assert "Rest between shifts: Hours of rest for adults" in words_of(compared.text)
    kept = as_admin.post(PAGE, data=sent(fields_of(compared.text), "keep"), follow_redirects=True)
    assert "The version is kept." in kept.text
    assert documents.on(RotaRules, TODAY).rest.adult_hours == 11
    assert documents.on(RotaRules, NEXT_WEEK).rest.adult_hours == 12


def test_a_contradiction_is_a_sentence_that_begins_with_a_capital(as_admin: FlaskClient) -> None:
    fields = fields_of(as_admin.get(PAGE).text)
    page = as_admin.post(PAGE, data=sent(fields, "compare", rest__never_under_hours="12")).text
    assert "Nobody may ever rest less than 12 hours, yet “Hours of rest for adults” asks for only 11." in words_of(page)


def test_what_is_not_in_use_is_called_by_its_words_on_the_page_of_the_policy(as_admin: FlaskClient) -> None:
    page = words_of(as_admin.get("/admin/policies/rota-rules").text)
    assert "“Rest after a hard shift” is not in use yet" in page
    assert "cool_down” is" not in page


def test_the_form_sent_unchanged_is_the_same_document(as_admin: FlaskClient) -> None:
    fields = fields_of(as_admin.get(PAGE).text)
    assert "Nothing here differs" in as_admin.post(PAGE, data=sent(fields, "compare")).text


def test_a_rule_is_switched_by_a_choice_in_words(as_admin: FlaskClient) -> None:
    page = as_admin.get(PAGE).text
    assert "A coordinator may set it aside with a reason" in page
    compared = as_admin.post(PAGE, data=sent(fields_of(page), "compare", longest_run__severity="unused"))
    assert "“Days in a row” is switched off" in words_of(compared.text)
    as_admin.post(PAGE, data=sent(fields_of(compared.text), "keep"))
    assert documents.on(RotaRules, NEXT_WEEK).longest_run.severity is Severity.UNUSED


def test_a_mistaken_future_version_is_taken_back_by_keeping_the_one_before_it(
    as_admin: FlaskClient, people: People
) -> None:
    write({"rest": {"adult_hours": 12}}, by=people.person("Robin"))
    page = as_admin.get("/admin/policies/rota-rules").text
    link = re.search(r'href="([^"]*)">Take it back', page)
    assert link
    fields = fields_of(as_admin.get(unescape(link[1])).text)
    compared = as_admin.post(PAGE, data=sent(fields, "compare"))
    assert "It replaces the version that is written for the same day." in words_of(compared.text)
    as_admin.post(PAGE, data=sent(fields_of(compared.text), "keep"))
    assert documents.on(RotaRules, NEXT_WEEK).rest.adult_hours == 11
    after = words_of(as_admin.get("/admin/policies/rota-rules").text)
    assert after.count("It does not hold: another was written later for the same day.") == 1
    assert after.count("To come") == 1


def write(changed: dict[str, dict[str, object]], *, by: Person, day: date = NEXT_WEEK) -> None:
    """Keep a version of the rota rules with these figures changed."""
    document = plain(documents.on(RotaRules, TODAY))
    for key, figures in changed.items():
        document[key] |= figures
    with db.writing():
        documents.write("rota-rules", document, holds_from=day, why="Another.", by=by.id, now=NOW)


@pytest.mark.parametrize(
    ("box", "typed", "sentence"),
    [
        ("rest__adult_hours", "-1", "“Hours of rest for adults” must be at least 0."),
        ("rest__adult_hours", "eleven", "“Hours of rest for adults” must be a number."),
        ("rest__adult_hours", "", "“Hours of rest for adults” is empty. Please fill it in."),
        ("nobody_alone__at_least", "2.5", "“People at least” must be a whole number."),
        ("nights_in_a_row__starts", "night", "“Night begins”: Write a time of the clock, such as 22:00."),
        ("rest__never_under_hours", "14", "yet “Hours of rest for adults” asks for only 11."),
        ("wishes__price", "0", "“Weight as a wish” must be at least 1."),
        (
            "rest__stricter_for__staff",
            "unused",
            "“Not used” for staff is less strict than “A coordinator may set it aside with a reason”",
        ),
        ("successions__forbidden", "Late", "write a name on each line, a colon"),
    ],
)
def test_a_fault_is_said_beside_its_field_and_what_was_typed_is_kept(
    as_admin: FlaskClient, box: str, typed: str, sentence: str
) -> None:
    fields = fields_of(as_admin.get(PAGE).text)
    answer = as_admin.post(PAGE, data=sent(fields, "keep", **{box: typed}))
    assert answer.status_code == 422
    words = words_of(answer.text)
    assert words.count(sentence) == 2, "in the summary above, and beside the field"
    typed_in = sent(fields, "keep", **{box: typed})
    shown = fields_of(answer.text)
    assert {name: shown[name] for name in typed_in if name not in ("keep", "csrf_token")} == {
        name: texts for name, texts in typed_in.items() if name not in ("keep", "csrf_token")
    }
    assert documents.on(RotaRules, NEXT_WEEK).rest.adult_hours == 11


def test_a_choice_that_the_form_does_not_offer_is_refused_with_those_it_does(as_admin: FlaskClient) -> None:
    fields = fields_of(as_admin.get(PAGE).text)
    answer = words_of(as_admin.post(PAGE, data=sent(fields, "compare", nobody_alone__severity="wish")).text)
    assert "“How strict” must be one of these: Never broken; A coordinator may set it aside with a reason" in answer


def test_after_a_version_written_meanwhile_both_are_shown_and_nothing_typed_is_lost(
    as_admin: FlaskClient, people: People
) -> None:
    fields = fields_of(as_admin.get(PAGE).text)
    compared = fields_of(as_admin.post(PAGE, data=sent(fields, "compare", rest__adult_hours="12")).text)
    write({"hours_in_a_week": {"adult_hours": 44}}, by=people.person("Robin"))
    answer = as_admin.post(PAGE, data=sent(compared, "keep"))
    assert answer.status_code == 409
    words = words_of(answer.text)
    assert "Somebody else wrote a version while this page was open." in words
    assert "Hours in a week: Most hours of adults 44 48" in words, "theirs, which this one would undo"
    assert "Rest between shifts: Hours of rest for adults 11 12" in words, "and this one"
    assert fields_of(answer.text)["p.rest.adult_hours"] == ["12"]


def test_everybody_with_an_account_reads_the_rules_and_what_is_to_come(
    client: FlaskClient, people: People, sign_in: SignIn
) -> None:
    write({"rest": {"adult_hours": 12.5}}, by=people.person("Robin"))
    sign_in(client, people.person("Wren"))
    assert "Rota rules" in client.get("/rules").text
    words = words_of(client.get("/rules/rota-rules").text)
    assert "Between two shifts, adults have 11 hours of rest and people under 18 have 12 ." in words
    assert "Rest between shifts: Hours of rest for adults: 12.5 (was 11)" in words
    assert "“Rest after a hard shift” is not in use yet" in words
    assert "Robin" not in words
    assert client.get("/rules/nothing").status_code == 404
    assert client.get(PAGE).status_code == 403


def test_a_version_is_downloaded_and_brought_in_as_a_file(as_admin: FlaskClient) -> None:
    file = as_admin.get("/admin/policies/rota-rules/file")
    assert file.headers["Content-Disposition"].startswith('attachment; filename="rota-rules-')
    changed = file.data.replace(b"adult_hours: 11\n", b"adult_hours: 12\n").replace(b"\n", b"\r\n")
    fields = fields_of(as_admin.get("/admin/policies/rota-rules/new").text)
    data = sent(fields, "compare") | {"file": (BytesIO(changed), "rules.yaml")}
    compared = as_admin.post("/admin/policies/rota-rules/new", data=data, content_type="multipart/form-data")
    assert "rest › adult_hours" in compared.text
    as_admin.post("/admin/policies/rota-rules/new", data=sent(fields_of(compared.text), "keep"))
    assert documents.on(RotaRules, NEXT_WEEK).rest.adult_hours == 12


def test_a_file_that_is_no_text_is_refused(as_admin: FlaskClient) -> None:
    fields = fields_of(as_admin.get("/admin/policies/rota-rules/new").text)
    data = sent(fields, "compare") | {"file": (BytesIO(b"\xff\xfe\x00"), "rules.yaml")}
    answer = as_admin.post("/admin/policies/rota-rules/new", data=data, content_type="multipart/form-data")
    assert "This file is no text that we can read." in answer.text
