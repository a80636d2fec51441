"""The courses that ship: what was promised of each of them, counted."""

from __future__ import annotations

import csv
import re

import pytest

from app.settings import ROOT
from tests.training.courses import shipped
from training import exercises, lessons, scenario, unit_kinds
from training.pack import (
    Choice,
    Lesson,
    MultipleChoice,
    Pack,
    Quiz,
    Scenario,
    SingleChoice,
    Step,
    Unit,
)
from training.pack_exercises import Spot
from training.pack_parts import SpokenLine
from training.pack_reader import read_pack
from training.scenario import ChoiceMade

FOLDERS = sorted(path.parent for path in (ROOT / "training" / "courses").glob("*/course.yaml"))
PACKS = {folder.name: read_pack(folder) for folder in FOLDERS}
FIRST = "understanding-conflict"
CONFLICT = shipped()
DECIDE_FIRST = "Decide first, then open this"  # begins the heading of a question to think about before reading on

each_course = pytest.mark.parametrize("name", PACKS)


def _units() -> list[object]:
    return [pytest.param(unit, id=f"{name}:{unit.slug}") for name, pack in PACKS.items() for unit in pack.units]


def _lessons_of(pack: Pack) -> list[Lesson]:
    return [unit for unit in pack.units if isinstance(unit, Lesson)]


def _quiz_of(pack: Pack) -> Quiz:
    return next(unit for unit in pack.units if isinstance(unit, Quiz))


def _stories_of(pack: Pack) -> list[Scenario]:
    return [unit for unit in pack.units if isinstance(unit, Scenario)]


each_story = pytest.mark.parametrize(
    ("name", "story"),
    [
        pytest.param(name, story, id=f"{name}:{story.slug}")
        for name, pack in PACKS.items()
        for story in _stories_of(pack)
    ],
)


def _best_path(story: Scenario) -> tuple[list[str], str]:
    """The steps along the strongest choices, and the ending they lead to."""
    at, steps = story.steps[0].key, list[str]()
    while (step := story.step(at)) and at not in steps:
        steps.append(at)
        at = scenario.strongest(step).to
    return steps, at


def _least_well(story: Scenario) -> list[ChoiceMade]:
    """The choices to an ending that completes, with as few as can be that landed well."""
    waiting = [(0, story.steps[0].key, list[ChoiceMade]())]
    best: dict[str, int] = {}
    while waiting:
        well, at, made = waiting.pop(min(range(len(waiting)), key=lambda place: waiting[place][0]))
        step, ending = story.step(at), story.ending(at)
        if ending is not None and ending.completes:
            return made
        if step is None or best.get(at, len(story.steps)) <= well:
            continue
        best[at] = well
        for choice in step.choices:
            waiting.append((well + (choice.lands == "well"), choice.to, [*made, ChoiceMade(at, choice.key)]))
    raise AssertionError(f"no ending of {story.slug} completes")


def _texts(name: str) -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "training/courses" / name).glob("0*")))


def _speakers(name: str) -> set[str]:
    steps = [step for story in _stories_of(PACKS[name]) for step in story.steps]
    said = [line for step in steps for line in [*step.said, *(then for one in step.choices for then in one.then)]]
    done = [exercise for lesson in _lessons_of(PACKS[name]) for exercise in lesson.exercises]
    said += [line for exercise in done if isinstance(exercise, Spot) for line in exercise.lines]
    quoted = re.findall(r"^```(?:said|hard) ([\w ]+)", _texts(name), re.MULTILINE)
    return {line.who for line in said} | {who.strip() for who in quoted}


# ── Every course ──


@each_course
def test_a_course_has_lessons_then_stories_and_a_quiz(name: str) -> None:
    personal = {"reflection", "agreement"}  # about the reader, and anywhere after a first lesson
    assert PACKS[name].units[0].kind == "lesson"
    kinds = [unit.kind for unit in PACKS[name].units if unit.kind not in personal]
    lessons_first, stories = kinds.count("lesson"), kinds.count("scenario")
    assert kinds == ["lesson"] * lessons_first + ["scenario"] * stories + ["quiz"]
    assert 4 <= lessons_first <= 6
    assert stories == (2 if name == FIRST else 1)


@each_course
def test_the_bank_holds_three_draws_over_all_lessons_in_at_least_four_kinds(name: str) -> None:
    pack, quiz = PACKS[name], _quiz_of(PACKS[name])
    assert len(quiz.questions) >= 3 * quiz.draw
    assert 6 <= quiz.draw <= 10
    assert {question.about for question in quiz.questions} == {lesson.slug for lesson in _lessons_of(pack)}
    assert {question.kind for question in quiz.questions} >= {"single", "multiple", "true-false", "matching"}


@each_story
def test_the_best_path_of_a_story_reaches_an_ending_that_completes_it(name: str, story: Scenario) -> None:
    assert len(story.endings) >= 3
    steps, at = _best_path(story)
    assert len(steps) >= 7
    ending = story.ending(at)
    assert ending is not None
    assert ending.completes
    assert not all(one.completes for one in story.endings)


@pytest.mark.parametrize("name", ["personal-information", "recognising-risk", "safeguarding-essentials"])
def test_second_thoughts_alone_do_not_complete_a_story_about_danger(name: str) -> None:
    story = _stories_of(PACKS[name])[0]
    least = scenario.path_of(story, _least_well(story))
    assert least.ending is not None
    assert least.ending.completes
    assert not scenario.completes(story, least)
    assert scenario.completes(story, scenario.best_path(story))


@pytest.mark.parametrize("unit", _units())
def test_a_lesson_with_hard_words_can_be_read_without_them(unit: Unit) -> None:
    if not isinstance(unit, Lesson):
        return
    if lessons.has_hard_words(unit.body):
        assert unit.content_note
        assert lessons.html(unit.body) != lessons.html(unit.body, skip_hard_words=True)
    assert "<h2" in lessons.html(unit.body)


@pytest.mark.parametrize("unit", _units())
def test_sentences_are_short_enough_for_a_twelve_year_old(unit: Unit) -> None:
    if not isinstance(unit, Lesson):
        return
    words = re.sub(r"<[^>]+>", " ", str(lessons.html(unit.body)))
    sentences = [len(one.split()) for one in re.split(r"[.?!:”]+\s", words) if one.strip()]
    assert sum(sentences) / len(sentences) < 15


@pytest.mark.parametrize("unit", _units())
def test_the_minutes_of_a_step_are_those_of_its_words_and_of_what_there_is_to_do(unit: Unit) -> None:
    estimate = unit_kinds.minutes_of(unit)
    # To think about such a question takes about a minute on top of reading it.
    doing = unit.body.count(DECIDE_FIRST) if isinstance(unit, Lesson) else 0
    assert estimate <= unit.minutes <= estimate + doing


@each_course
def test_nobody_in_a_course_has_the_name_of_a_person_of_the_demonstration(name: str) -> None:
    with (ROOT / "demo" / "people.csv").open(encoding="utf-8") as file:
        people = list(csv.DictReader(file))
    names = {part.casefold() for row in people for part in (row["display_name"], *row["legal_name"].split())}
    speakers = _speakers(name)
    assert len(speakers) > 4
    parts = {part.casefold() for who in speakers for part in re.split(r"[_ ]", who)}
    # A name is also used alone, as a capitalised word within a sentence.
    parts |= {word.casefold() for word in re.findall(r"(?<=[a-z,] )[A-Z][a-z]+", _texts(name))}
    assert parts & names == set()


@each_story
def test_a_reply_quotes_only_what_was_said_on_every_way_that_leads_to_it(name: str, story: Scenario) -> None:
    heard = _said_on_every_way_to(story)
    for step in story.steps:
        for choice in step.choices:
            own = "\n".join([choice.you_say or "", *(line.text for line in choice.then)]).casefold()
            quoted = re.findall(r"“([^”]{12,})”", (choice.you_say or "") + choice.feedback)
            missing = [words for words in quoted if words.casefold().rstrip(".,?!…") not in f"{heard[step.key]}\n{own}"]
            assert missing == [], (step.key, choice.key)


@each_story
def test_every_choice_says_what_came_of_it_and_every_second_thought_what_to_look_for(
    name: str, story: Scenario
) -> None:
    choices = _choices_of(story)
    assert all(choice.feedback for choice in choices)
    assert [choice.key for choice in choices if choice.lands == "think" and not choice.look_for] == []


@each_course
def test_what_is_shown_as_plain_text_has_no_mark_up_in_it(name: str) -> None:
    folder = ROOT / "training" / "courses" / name
    plain = [path.read_text(encoding="utf-8") for path in folder.glob("*.yaml")]
    plain += [path.read_text(encoding="utf-8").split("\n---\n")[0] for path in folder.glob("0*.md")]
    assert [found for text in plain for found in re.findall(r"\*\w[^*\n]*\*", text)] == []


@each_course
def test_no_word_blames_the_reader(name: str) -> None:
    said = [choice.feedback for story in _stories_of(PACKS[name]) for choice in _choices_of(story)]
    for question in _quiz_of(PACKS[name]).questions:
        if isinstance(question, SingleChoice | MultipleChoice):
            said += [option.feedback for option in question.options]
    blaming = re.compile(r"\b(you failed|wrong!|stupid|you should have|your fault that|bad choice)\b", re.IGNORECASE)
    assert [words for words in said if blaming.search(words)] == []


def test_a_name_or_handle_belongs_to_one_course_alone() -> None:
    owners: dict[str, set[str]] = {}
    for name in PACKS:
        for who in _speakers(name) - {"You", "A note for the lead"}:
            owners.setdefault(who.casefold(), set()).add(name)
    assert {who: names for who, names in owners.items() if len(names) > 1} == {}


@each_story
def test_a_story_has_twelve_steps_and_members_whom_no_lesson_has_met(name: str, story: Scenario) -> None:
    assert len(story.steps) >= 12
    lessons_of = _lessons_of(PACKS[name])
    done = [text for lesson in lessons_of for one in lesson.exercises for text in exercises.words_of(one)]
    met = "\n".join([*(lesson.body for lesson in lessons_of), *done]).casefold()
    said = {line.who for step in story.steps for line in step.said}
    assert [who for who in said if re.search(rf"\b{re.escape(who.casefold())}\b", met)] == []


@pytest.mark.parametrize("unit", _units())
def test_each_lesson_has_something_to_do_besides_reading(unit: Unit) -> None:
    if isinstance(unit, Lesson):
        assert unit.exercises
        assert 5 <= unit.minutes <= 8


@each_course
def test_a_course_has_a_page_to_keep_and_says_where_it_comes_from_and_when_it_was_reviewed(name: str) -> None:
    pack = PACKS[name]
    assert pack.to_keep
    assert "```here" in pack.to_keep
    assert pack.needs
    last = _lessons_of(pack)[-1].body
    assert re.search(r"Reviewed on \d{1,2} \w+ 20\d\d", last.partition("## Where this comes from")[2])


@each_course
def test_the_exercises_of_a_course_are_of_different_kinds(name: str) -> None:
    assert len({exercise.kind for lesson in _lessons_of(PACKS[name]) for exercise in lesson.exercises}) >= 3


@each_course
def test_the_length_and_the_place_of_an_answer_do_not_give_it_away(name: str) -> None:
    single = [one for one in _quiz_of(PACKS[name]).questions if isinstance(one, SingleChoice)]
    right = [next(place for place, option in enumerate(one.options) if option.right) for one in single]
    longest = [
        len(one.options[place].text) > max(len(option.text) for option in one.options if not option.right)
        for one, place in zip(single, right, strict=True)
    ]
    shortest = [
        len(one.options[place].text) < min(len(option.text) for option in one.options if not option.right)
        for one, place in zip(single, right, strict=True)
    ]
    assert sum(longest) <= len(single) / 3
    assert sum(shortest) <= 2 * len(single) / 3
    assert {0, 1, 2} <= set(right)
    assert max(right.count(place) for place in set(right)) <= len(single) / 2


@each_story
def test_the_length_of_a_choice_in_a_story_does_not_give_it_away(name: str, story: Scenario) -> None:
    steps = story.steps
    by_length = [max(step.choices, key=lambda choice: len(choice.text)) for step in steps]
    assert sum(choice.lands == "well" for choice in by_length) <= len(steps) / 2


@each_course
def test_statements_are_true_and_untrue(name: str) -> None:
    statements = [one.is_true for one in _quiz_of(PACKS[name]).questions if one.kind == "true-false"]
    assert len(set(statements)) == 2


# ── The page about the courses ──


@each_course
def test_the_page_about_the_courses_counts_as_the_packs_do(name: str) -> None:
    pack, quiz, stories = PACKS[name], _quiz_of(PACKS[name]), _stories_of(PACKS[name])
    page = (ROOT / "docs" / "courses.md").read_text(encoding="utf-8")
    row = next(line for line in page.splitlines() if line.startswith("|") and f"(../training/courses/{name}/)" in line)
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert pack.title in cells[0]
    assert cells[1:] == [
        f"`{pack.code}`",
        str(pack.minutes_of(is_refresher=False)),
        str(len(_lessons_of(pack))),
        str(len(quiz.questions)),
        str(quiz.draw),
        ", ".join(str(len(story.steps)) for story in stories),
        ", ".join(str(len(story.endings)) for story in stories),
    ]
    assert f"### {pack.title}" in page


# ── “Understanding conflict” alone ──


def test_the_first_course_draws_ten_of_thirty_and_its_stories_end_well_and_otherwise() -> None:
    quiz, stories = _quiz_of(CONFLICT), _stories_of(CONFLICT)
    assert (quiz.draw, len(quiz.questions)) == (10, 30)
    assert [len(story.endings) for story in stories] == [3, 4]
    assert [_best_path(story)[1] for story in stories] == ["a-light-left-on", "mended"]


def test_members_are_they_in_lessons_questions_and_practice_alike() -> None:
    assert re.findall(r"\b(?:she|her|hers|herself)\b", _texts(FIRST), re.IGNORECASE) == []


def test_a_reply_takes_up_words_that_were_said() -> None:
    story = _stories_of(CONFLICT)[0]
    heard = _said_on_every_way_to(story)
    # Words that a reply takes up, and those of the member that it takes them from.
    taken_up = {"bother": "bother", "who you can talk to": "who i can talk to", "nan’s": "nans"}
    repeats = 0
    for step in story.steps:
        for choice in step.choices:
            for words, source in taken_up.items():
                if words in (choice.you_say or ""):
                    repeats += 1
                    assert source in heard[step.key], (step.key, choice.key, words)
    assert repeats >= 3


def _choices_of(story: Scenario) -> list[Choice]:
    return [choice for step in story.steps for choice in step.choices]


def _said_on_every_way_to(story: Scenario) -> dict[str, str]:
    """Of each step, what members have said by then whichever choices led there, the step itself included."""
    by_key = {step.key: step for step in story.steps}

    def sentences(lines: tuple[SpokenLine, ...]) -> set[str]:
        return {sentence for line in lines for sentence in line.text.casefold().split(". ")}

    def own(step: Step) -> set[str]:
        return sentences(step.said)

    first = story.steps[0]
    everything = {line for step in story.steps for line in own(step)}
    everything |= {line for step in story.steps for choice in step.choices for line in sentences(choice.then)}
    heard = {step.key: own(step) if step is first else set(everything) for step in story.steps}
    for _ in story.steps:  # long enough for what is missing somewhere to arrive everywhere
        for step in story.steps:
            for choice in step.choices:
                if target := by_key.get(choice.to):
                    told = heard[step.key] | sentences(choice.then)
                    heard[target.key] &= told | own(target)
    return {key: "\n".join(sorted(lines)) for key, lines in heard.items()}
