"""The course that ships: what was promised of it, counted."""

from __future__ import annotations

import csv
import re

import pytest

from app.settings import ROOT
from tests.training.courses import shipped
from training import learning_time, lessons
from training.pack import Choice, Lesson, MultipleChoice, Quiz, Scenario, SingleChoice, SpokenLine, Step, Unit

PACK = shipped()
TEXTS = "\n".join(path.read_text() for path in sorted((ROOT / "training/courses/understanding-conflict").glob("0*")))
LESSONS = [unit for unit in PACK.units if isinstance(unit, Lesson)]


def test_it_has_three_lessons_a_story_and_a_quiz() -> None:
    assert [unit.kind for unit in PACK.units] == ["lesson", "lesson", "lesson", "scenario", "quiz"]


def test_the_quiz_draws_six_of_eighteen_over_all_lessons() -> None:
    quiz = next(unit for unit in PACK.units if isinstance(unit, Quiz))
    assert (quiz.draw, len(quiz.questions)) == (6, 18)
    assert {question.about for question in quiz.questions} == {lesson.slug for lesson in LESSONS}
    assert {question.kind for question in quiz.questions} == {"single", "multiple", "true-false", "matching"}


def test_the_story_has_eight_steps_or_more_on_its_best_path_and_three_endings() -> None:
    story = next(unit for unit in PACK.units if isinstance(unit, Scenario))
    assert len(story.endings) == 3
    at, steps = story.steps[0].key, 0
    while step := story.step(at):
        at, steps = next(choice for choice in step.choices if choice.lands == "well").to, steps + 1
    assert len(story.steps) >= 8
    assert steps >= 7
    assert at == "a-light-left-on"


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.slug)
def test_a_lesson_with_hard_words_can_be_read_without_them(lesson: Lesson) -> None:
    if lessons.has_hard_words(lesson.body):
        assert lesson.content_note
        assert lessons.html(lesson.body) != lessons.html(lesson.body, skip_hard_words=True)
    assert "<h2" in lessons.html(lesson.body)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.slug)
def test_sentences_are_short_enough_for_a_twelve_year_old(lesson: Lesson) -> None:
    words = re.sub(r"<[^>]+>", " ", str(lessons.html(lesson.body)))
    sentences = [len(one.split()) for one in re.split(r"[.?!:”]+\s", words) if one.strip()]
    assert sum(sentences) / len(sentences) < 15


@pytest.mark.parametrize("unit", PACK.units, ids=lambda unit: unit.slug)
def test_the_minutes_of_a_step_are_those_of_its_words_and_of_what_there_is_to_do(unit: Unit) -> None:
    assert unit.minutes == learning_time.minutes_of(unit)


def test_nobody_in_the_course_has_the_name_of_a_person_of_the_demonstration() -> None:
    with (ROOT / "demo" / "people.csv").open(encoding="utf-8") as file:
        people = list(csv.DictReader(file))
    names = {name.casefold() for row in people for name in (row["display_name"], *row["legal_name"].split())}
    story = _story()
    said = [line for step in story.steps for line in [*step.said, *(then for one in step.choices for then in one.then)]]
    speakers = {line.who for line in said} | set(re.findall(r"^```(?:said|hard) ([\w ]+)", TEXTS, re.MULTILINE))
    assert len(speakers) > 4
    parts = {part.casefold() for who in speakers for part in re.split(r"[_ ]", who)}
    # A name is also used alone, as a capitalised word within a sentence.
    parts |= {word.casefold() for word in re.findall(r"(?<=[a-z,] )[A-Z][a-z]+", TEXTS)}
    assert parts & names == set()


def test_members_are_they_in_lessons_questions_and_practice_alike() -> None:
    assert re.findall(r"\b(?:she|her|hers|herself)\b", TEXTS, re.IGNORECASE) == []


def test_a_reply_repeats_only_what_was_said_on_every_way_that_leads_to_it() -> None:
    story = _story()
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
            quoted = re.findall(r"“([^”]{12,})”", (choice.you_say or "") + choice.feedback)
            assert [words for words in quoted if words.casefold() not in heard[step.key]] == [], choice.key
    assert repeats >= 3


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


def _story() -> Scenario:
    return next(unit for unit in PACK.units if isinstance(unit, Scenario))


def _choices() -> list[Choice]:
    story = _story()
    return [choice for step in story.steps for choice in step.choices]


def test_every_choice_says_what_came_of_it_and_every_second_thought_what_to_look_for() -> None:
    assert all(choice.feedback for choice in _choices())
    assert [choice.key for choice in _choices() if choice.lands == "think" and not choice.look_for] == []


def test_no_word_blames_the_reader() -> None:
    said = [choice.feedback for choice in _choices()]
    for unit in PACK.units:
        if isinstance(unit, Quiz):
            for question in unit.questions:
                if isinstance(question, SingleChoice | MultipleChoice):
                    said += [option.feedback for option in question.options]
    blaming = re.compile(r"\b(you failed|wrong!|stupid|you should have|your fault that|bad choice)\b", re.IGNORECASE)
    assert [words for words in said if blaming.search(words)] == []
