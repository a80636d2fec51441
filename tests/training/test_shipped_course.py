"""The course that ships: what was promised of it, counted."""

from __future__ import annotations

import re

import pytest

from tests.training.courses import shipped
from training import lessons
from training.pack import Choice, Lesson, MultipleChoice, Quiz, Scenario, SingleChoice

PACK = shipped()
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


def _choices() -> list[Choice]:
    story = next(unit for unit in PACK.units if isinstance(unit, Scenario))
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
