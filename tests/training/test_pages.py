"""Learning as a person meets it: pages, buttons and words, without scripts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, func, select

from app import db
from app.outbox.models import OutboxRow
from app.people.models import Person, Role
from tests.conftest import People, SignIn, clock_at
from tests.times import NOW
from tests.training.courses import install_shipped, pass_course
from tests.training.reading import Reader
from training import quiz
from training.models import Answer, Certificate, Enrolment
from training.pack import Lesson, Matching, Pack, Quiz, Scenario
from training.pack_exercises import Exercise, Order, Rewrite, Sort
from training.scenario import strongest


def reader_of(client: FlaskClient, sign_in: SignIn, person: Person) -> Reader:
    return Reader(sign_in(client, person))


def read_the_lessons(reader: Reader, pack: Pack) -> None:
    reader.open("/learning").follow("Have a look").press("Start the course")
    lessons = [unit for unit in pack.units if isinstance(unit, Lesson)]
    for position, lesson in enumerate(lessons):
        assert reader.heading == lesson.title
        for exercise in lesson.exercises:
            do_somehow(reader, exercise)
        reader.press(f"Next: {pack.units[position + 1].title}")


def do_somehow(reader: Reader, exercise: Exercise) -> None:
    """Do an exercise once, well or badly."""
    if isinstance(exercise, Rewrite):
        reader.press(f"Compare: {exercise.ask}", text="I hear you.")
        return
    picked = ["0"]
    if isinstance(exercise, Sort):
        picked = ["0"] * len(exercise.items)
    elif isinstance(exercise, Order):
        picked = [str(position) for position in range(len(exercise.steps))]
    reader.press(f"Check: {exercise.ask}", picked=picked)


def walk_well(reader: Reader, story: Scenario) -> None:
    """Choose, at every step, the reply that its author holds to be best."""
    reader.press("Begin")
    steps = {step.title: step for step in story.steps}
    while "Do this" in reader.text:
        reader.press("Do this", choice=strongest(steps[reader.heading]).key)


def answer_question(reader: Reader, bank: Quiz, *, right: bool) -> None:
    """Answer the question on the page by its words, as a reader does."""
    question = next(one for one in bank.questions if quiz.wording(one) in reader.heading)
    wanted = [quiz.answers(question)[int(position)] for position in quiz.right_answer(question)]
    if isinstance(question, Matching):
        selects = list(reader.page.iter("select"))
        rows = [{(o.text or "").strip(): o.get("value") for o in one.iter("option")} for one in selects]
        picked = [row[words] for row, words in zip(rows, wanted, strict=True)]
        reader.press("Answer", picked=picked if right else [picked[1], *picked[1:]])
        return
    labels = {
        " ".join("".join(label.itertext()).split()): box.get("value")
        for label in reader.page.iter("label")
        for box in label.iter("input")
    }
    good = [labels[words] for words in wanted]
    bad = next(value for words, value in labels.items() if words not in wanted)
    reader.press("Answer", picked=good if right else [bad])


def answer_all(reader: Reader, bank: Quiz, *, wrong: int) -> None:
    for number in range(bank.draw):
        answer_question(reader, bank, right=number >= wrong)
        assert ("That’s right" in reader.text) == (number >= wrong)
        reader.follow("Next question" if number < bank.draw - 1 else "See how it went")


def test_a_peer_learns_the_whole_course_and_holds_a_certificate(
    client: FlaskClient, people: People, sign_in: SignIn
) -> None:
    pack = install_shipped()
    wren = people.person("Wren")
    reader = reader_of(client, sign_in, wren)
    read_the_lessons(reader, pack)
    assert reader.heading == "The thread at 1 am"
    story = pack.unit("the-thread-at-1-am")
    assert isinstance(story, Scenario)
    walk_well(reader, story)
    assert reader.heading == "A light left on"
    reader.follow("Next: A Saturday at the mending table")
    second = pack.unit("a-saturday-at-the-mending-table")
    assert isinstance(second, Scenario)
    walk_well(reader, second)
    assert reader.heading == "Mended"
    reader.follow("Next: Check what you know").press("Start the questions")
    bank = pack.units[-1]
    assert isinstance(bank, Quiz)
    answer_all(reader, bank, wrong=3)
    assert "7 of 10 right" in reader.text
    assert "Try again with other questions" in reader.text
    reader.press("Try again with other questions")
    answer_all(reader, bank, wrong=1)
    assert "9 of 10 right" in reader.text
    reader.follow("See your certificate")
    assert reader.heading == "Understanding conflict"
    assert "This certificate is valid." in reader.text
    assert "18 February 2029" in reader.text
    emails = db.session.scalars(select(OutboxRow).where(OutboxRow.kind == "certificate-issued")).all()
    assert [email.person_id for email in emails] == [wren.id]


def test_a_way_begun_on_one_device_goes_on_on_another(client: FlaskClient, people: People, sign_in: SignIn) -> None:
    pack = install_shipped()
    wren = people.person("Wren")
    telephone = reader_of(client, sign_in, wren)
    read_the_lessons(telephone, pack)
    telephone.press("Begin").press("Do this", choice="name-both")
    assert telephone.heading == "Somebody throws a stone"
    desk = Reader(sign_in(client.application.test_client(), wren))
    assert "5 of 8 steps done" in desk.open("/").text
    desk.follow("Carry on: The thread at 1 am")
    assert desk.heading == "Somebody throws a stone"


def test_a_reply_worth_another_look_can_be_taken_back(client: FlaskClient, people: People, sign_in: SignIn) -> None:
    pack = install_shipped()
    reader = reader_of(client, sign_in, people.person())
    read_the_lessons(reader, pack)
    reader.press("Begin").press("Do this", choice="warn-both")
    assert reader.heading == "What came of it"
    assert "Look for: The feeling first" in reader.text
    assert "See the strongest reply" in reader.text
    reader.follow("Go back and try again")
    assert reader.heading == "Two friends, one secret"
    reader.press("Do this", choice="name-both")
    assert reader.heading == "Somebody throws a stone"
    assert "That landed well" in reader.text


def test_an_ending_that_does_not_complete_invites_another_walk(
    client: FlaskClient, people: People, sign_in: SignIn
) -> None:
    pack = install_shipped()
    reader = reader_of(client, sign_in, people.person())
    read_the_lessons(reader, pack)
    reader.press("Begin")
    reader.press("Do this", choice="wait").follow("Carry on from here")
    reader.press("Do this", choice="close").follow("Carry on from here")
    reader.press("Do this", choice="morning").follow("See how it ends")
    assert reader.heading == "The door that closed"
    assert "5 of 8 steps done" in Reader(reader.client).open("/learning/conflict").text
    reader.press("Play it again from the beginning")
    assert reader.heading == "Two friends, one secret"


def test_hard_words_can_be_skipped_and_brought_back(client: FlaskClient, people: People, sign_in: SignIn) -> None:
    install_shipped()
    reader = reader_of(client, sign_in, people.person())
    reader.open("/learning/conflict").press("Start the course")
    assert "drama queen" in reader.text
    reader.press("Skip the quotes")
    assert "drama queen" not in reader.text
    assert "calls cloudberry a name" in reader.text
    story = Reader(reader.client).open("/learning/conflict/the-thread-at-1-am").press("Begin")
    assert "drama queen" not in story.text
    reader.press("Show the quotes")
    assert "drama queen" in reader.text


def test_an_answer_left_out_is_asked_for_and_nothing_is_lost(
    client: FlaskClient, people: People, sign_in: SignIn
) -> None:
    install_shipped()
    reader = reader_of(client, sign_in, people.person())
    reader.open("/learning/conflict").press("Start the course")
    reader.open("/learning/conflict/check-what-you-know").press("Start the questions")
    before = reader.heading
    reader.press("Answer", picked=[])
    assert reader.status == 422
    assert reader.heading == before
    assert "before you go on" in reader.text
    assert db.session.scalar(select(func.count()).select_from(Answer)) == 0


def test_a_choice_left_out_is_asked_for(client: FlaskClient, people: People, sign_in: SignIn) -> None:
    install_shipped()
    reader = reader_of(client, sign_in, people.person())
    reader.open("/learning/conflict").press("Start the course")
    reader.open("/learning/conflict/the-thread-at-1-am").press("Begin").press("Do this")
    assert reader.status == 422
    assert "Choose one of the answers before you go on." in reader.text


def test_a_form_sent_twice_counts_once(client: FlaskClient, people: People, sign_in: SignIn) -> None:
    install_shipped()
    reader = reader_of(client, sign_in, people.person())
    reader.open("/learning/conflict")
    start = reader.form("Start the course")
    for _ in range(2):
        client.post(start.action, data=start.fields)
    assert db.session.scalar(select(func.count()).select_from(Enrolment)) == 1
    reader.open("/learning/conflict/check-what-you-know").press("Start the questions")
    answer = reader.form("Answer")
    every = {**answer.fields, "picked": answer.offered["picked"][-1:] * len(answer.fields.get("picked", ["one"]))}
    for _ in range(2):
        assert client.post(answer.action, data=every).status_code == 302
    assert db.session.scalar(select(func.count()).select_from(Answer)) == 1


def test_an_old_tab_is_led_to_the_try_of_now_and_nothing_is_counted(
    client: FlaskClient, people: People, sign_in: SignIn
) -> None:
    pack = install_shipped()
    bank = pack.units[-1]
    assert isinstance(bank, Quiz)
    reader = reader_of(client, sign_in, people.person())
    reader.open("/learning/conflict").press("Start the course")
    reader.open("/learning/conflict/check-what-you-know").press("Start the questions")
    old_tab = reader.form("Answer")
    answer_all(reader, bank, wrong=10)
    reader.press("Try again with other questions")
    client.post(old_tab.action, data={**old_tab.fields, "picked": old_tab.offered["picked"][:1]})
    reader.open("/learning/conflict/check-what-you-know")
    assert "That page was from an earlier try" in reader.text
    assert "0 of 10 answered" in reader.text
    assert db.session.scalar(select(func.count()).select_from(Answer)) == 10


def test_after_the_pass_quotes_can_be_skipped_the_practice_played_again_and_nothing_restarts_by_one_press(
    client: FlaskClient, people: People, sign_in: SignIn
) -> None:
    install_shipped()
    wren = people.person()
    pass_course(wren)
    reader = reader_of(client, sign_in, wren)
    reader.open("/learning/conflict/how-conflict-starts").press("Skip the quotes")
    assert "drama queen" not in reader.text
    reader.open("/learning/conflict/the-thread-at-1-am").press("Play it again from the beginning")
    assert reader.press("Do this", choice="name-both").heading == "Somebody throws a stone"
    reader.open("/learning/conflict")
    assert "Take the refresher early" in reader.text
    assert "asks for the steps below. The other" in reader.text
    assert "also if you stop on the way" in reader.text
    reader.press("Start the refresher")
    assert reader.heading == "The thread at 1 am"
    reader.open("/learning/conflict")
    assert "0 of 2 steps of the refresher done" in reader.text
    assert "Your certificate lasts until" in reader.text


def test_today_offers_the_course_then_the_rest_of_it_then_its_refresher(
    client: FlaskClient, people: People, sign_in: SignIn
) -> None:
    install_shipped()
    wren = people.person()
    reader = reader_of(client, sign_in, wren)
    assert "Start learning" in reader.open("/").text
    Reader(client).open("/learning/conflict").press("Start the course")
    assert "Carry on learning" in reader.open("/").text
    pass_course(wren)
    said = reader.open("/").text
    assert "Start learning" not in said
    assert "Carry on learning" not in said
    with clock_at(NOW + timedelta(days=700)):
        said = reader_of(client, sign_in, wren).open("/").text
        assert "Time for a refresher" in said
        assert "lasts until 18 February" in said


@pytest.mark.parametrize("role", [None, Role.ASSESSOR])
def test_somebody_elses_certificate_opens_only_with_the_permission(
    client: FlaskClient, people: People, sign_in: SignIn, role: Role | None
) -> None:
    install_shipped()
    pass_course(people.person("Wren"))
    certificate_id = db.session.scalars(select(Certificate.id)).one()
    db.session.rollback()
    other = people.person("Rook", roles=(role,) if role else ())
    answer = sign_in(client, other).get(f"/certificates/{certificate_id}.pdf")
    assert answer.status_code == (200 if role else 404)
    assert client.get(f"/certificates/{certificate_id}").status_code == 404
    assert client.get(f"/certificates/{certificate_id}.json").status_code == 404


def test_a_course_that_is_not_there_says_where_the_others_are(
    client: FlaskClient, people: People, sign_in: SignIn
) -> None:
    reader = reader_of(client, sign_in, people.person())
    assert "No course is installed yet" in reader.open("/learning").text
    assert "listed under Learning" in reader.open("/learning/juggling").text
    assert reader.status == 404


@pytest.mark.parametrize(
    "address",
    [
        "/learning",
        "/learning/conflict",
        "/learning/conflict/calming-a-thread",
        "/learning/conflict/to-keep",
        "/learning/conflict/check-what-you-know",
    ],
)
def test_a_page_of_learning_asks_the_database_few_questions(
    client: FlaskClient, people: People, sign_in: SignIn, address: str
) -> None:
    install_shipped()
    wren = people.person()
    pass_course(wren)
    sign_in(client, wren)
    client.get(address)
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    event.listen(db.extension.engine, "before_cursor_execute", note)
    assert client.get(address).status_code == 200
    event.remove(db.extension.engine, "before_cursor_execute", note)
    assert 0 < len(asked) <= 12, "\n".join(asked)


def test_a_form_without_its_token_changes_nothing(client: FlaskClient, people: People, sign_in: SignIn) -> None:
    install_shipped()
    sign_in(client, people.person())
    client.send_tokens = False  # type: ignore[attr-defined]  # of the test client
    assert client.post("/learning/conflict/start").status_code == 400
    assert db.session.scalar(select(func.count()).select_from(Enrolment)) == 0
