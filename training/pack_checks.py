"""Checks of a course pack that its types cannot express: a quiz can be passed, and a story has an end.

Each check yields the place of a fault within its unit, and a sentence for the author.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import assert_never

from app.organisation.slots import SLOTS
from app.policies.yaml_lines import Place
from app.printing import fonts
from training import exercise_checks, exercises, lessons, to_keep, typed_answers
from training import scenario as scenarios
from training.pack import (
    Lesson,
    Matching,
    MultipleChoice,
    NumberQuestion,
    Ordering,
    Pack,
    Question,
    Quiz,
    Scenario,
    ShortText,
    SingleChoice,
    TrueOrFalse,
)
from training.pack_parts import SpokenLine

Finding = tuple[Place, str]


def check_course(pack: Pack) -> Iterator[Finding]:
    """Every fault of the course as a whole, and between units; the place of those starts with `("units", position)`."""
    for position in _repeated(unit.slug for unit in pack.units):
        yield (
            ("units", position),
            f"two units are called “{pack.units[position].slug}”; each needs a slug of its own.",
        )
    for position, unit in enumerate(pack.units):
        if unit.slug == to_keep.ADDRESS:
            yield (
                ("units", position),
                f"a unit cannot be called “{unit.slug}”: that is the address of the page to keep.",
            )
    lesson_slugs = {unit.slug for unit in pack.units if isinstance(unit, Lesson)}
    for position, unit in enumerate(pack.units):
        if not isinstance(unit, Quiz):
            continue
        for number, question in enumerate(unit.questions):
            if question.about not in lesson_slugs:
                yield (
                    ("units", position, "questions", number, "about"),
                    f"question “{question.key}” is about “{question.about}”, but no lesson has that slug.",
                )
    yield from _check_title(pack)
    yield from _check_refresher(pack)
    yield from _check_change(pack)
    yield from _check_needs(pack)
    if not any(isinstance(unit, Quiz | Scenario) for unit in pack.units):
        yield ("units",), "a course needs a quiz or a scenario: reading alone shows nothing."


def _check_title(pack: Pack) -> Iterator[Finding]:
    if missing := fonts.characters_missing(pack.title):
        yield ("title",), f"certificates cannot print {', '.join(missing[:5])}: none of their fonts has it."


def _check_change(pack: Pack) -> Iterator[Finding]:
    change = pack.change
    if change is None:
        return
    if change.kind == "minor" and change.ask_again:
        yield ("change", "ask_again"), "a minor version asks for nothing again; call it major, or leave this out."
    if change.kind == "major" and not change.ask_again:
        yield ("change", "kind"), "a major version names the steps that it asks for again, under ask_again."
    known = {unit.slug for unit in pack.units}
    for position, slug in enumerate(change.ask_again):
        if slug not in known:
            yield ("change", "ask_again", position), f"this asks again for “{slug}”, but no unit has that slug."


def _check_refresher(pack: Pack) -> Iterator[Finding]:
    known = {unit.slug: unit for unit in pack.units}
    for position, slug in enumerate(pack.refresher):
        if slug not in known:
            yield ("refresher", position), f"the refresher asks for “{slug}”, but no unit has that slug."
    if pack.refresher and not any(isinstance(known.get(slug), Quiz | Scenario) for slug in pack.refresher):
        yield ("refresher",), "a refresher needs a quiz or a scenario: reading alone shows nothing."


def _check_needs(pack: Pack) -> Iterator[Finding]:
    for position, key in enumerate(pack.needs):
        if key not in SLOTS:
            yield ("needs", position), f"“{key}” is not a slot; there are {', '.join(SLOTS)}."
    for position in _repeated(pack.needs):
        yield ("needs", position), f"“{pack.needs[position]}” is named twice."


def check_lesson(lesson: Lesson) -> Iterator[Finding]:
    for line, sentence in lessons.faults(lesson.body):
        yield ("body", line), sentence
    yield from exercise_checks.check_exercises(lesson)
    has_hard_words = lessons.has_hard_words(lesson.body) or exercises.have_hard_words(lesson.exercises)
    if has_hard_words and not lesson.content_note:
        yield (
            ("content_note",),
            "this lesson quotes hard words, so it needs a content_note that says so gently.",
        )


def check_quiz(quiz: Quiz) -> Iterator[Finding]:
    if quiz.draw > len(quiz.questions):
        yield ("draw",), f"{quiz.draw} questions are to be drawn, but there are only {len(quiz.questions)}."
    if quiz.pass_mark > quiz.draw:
        yield ("pass_mark",), f"the pass mark is {quiz.pass_mark} of {quiz.draw}: nobody could reach it."
    if quiz.minutes_allowed is not None and quiz.minutes_allowed < quiz.minutes:
        yield (
            ("minutes_allowed",),
            f"these questions take about {quiz.minutes} minutes, and {quiz.minutes_allowed} are allowed.",
        )
    for position in _repeated(question.key for question in quiz.questions):
        yield ("questions", position, "key"), f"two questions are called “{quiz.questions[position].key}”."
    for number, question in enumerate(quiz.questions):
        yield from check_question(("questions", number), question)


def check_question(here: Place, question: Question) -> Iterator[Finding]:
    """Every fault within one question, which stands at this place."""
    match question:
        case SingleChoice() | MultipleChoice():
            yield from _check_options(here, question)
        case Matching():
            yield from _check_pairs(here, question)
        case Ordering():
            for position in _repeated(step.casefold() for step in question.steps):
                yield (*here, "steps", position), f"question “{question.key}” has the same step twice."
        case ShortText():
            yield from _check_accepted(here, question)
        case TrueOrFalse() | NumberQuestion():
            pass
        case _:
            assert_never(question)


def _check_options(here: Place, question: SingleChoice | MultipleChoice) -> Iterator[Finding]:
    right = sum(option.right for option in question.options)
    if isinstance(question, SingleChoice) and right != 1:
        yield (*here, "options"), f"question “{question.key}” needs exactly one right answer, and has {right}."
    elif right == 0:
        yield (*here, "options"), f"question “{question.key}” has no right answer, so nobody can pass it."
    elif right == len(question.options):
        yield (*here, "options"), f"every answer to question “{question.key}” is right, so it asks nothing."
    for position in _repeated(option.text.casefold() for option in question.options):
        yield (*here, "options", position), f"question “{question.key}” offers the same answer twice."


def _check_pairs(here: Place, question: Matching) -> Iterator[Finding]:
    for position in _repeated(pair.this.casefold() for pair in question.pairs):
        yield (*here, "pairs", position), f"question “{question.key}” has the same thing on the left twice."
    for position in _repeated(pair.goes_with.casefold() for pair in question.pairs):
        yield (*here, "pairs", position), f"question “{question.key}” offers the same thing on the right twice."


def _check_accepted(here: Place, question: ShortText) -> Iterator[Finding]:
    places: list[Place] = [(*here, "accept", position) for position in range(len(question.accept))]
    texts = list(question.accept)
    for number, mistake in enumerate(question.mistakes):
        places += [(*here, "mistakes", number, "says", position) for position in range(len(mistake.says))]
        texts += mistake.says
    keys = [typed_answers.key_of(text) for text in texts]
    for place, key in zip(places, keys, strict=True):
        if not key:
            yield place, f"an answer to question “{question.key}” is empty but for punctuation."
    for position in _repeated(keys):
        yield places[position], f"question “{question.key}” lists “{texts[position]}” twice."


def check_scenario(scenario: Scenario) -> Iterator[Finding]:
    keys = [step.key for step in scenario.steps] + [ending.key for ending in scenario.endings]
    for position in _repeated(keys):
        where: Place = (
            ("steps", position) if position < len(scenario.steps) else ("endings", position - len(scenario.steps))
        )
        yield (
            (*where, "key"),
            f"“{keys[position]}” is used twice; every step and ending needs a key of its own.",
        )
    known = set(keys)
    for number, step in enumerate(scenario.steps):
        here: Place = ("steps", number)
        yield from _check_hard_words((*here, "said"), step.said, scenario)
        for position in _repeated(choice.key for choice in step.choices):
            yield (*here, "choices", position, "key"), f"step “{step.key}” has two choices called the same."
        for position, choice in enumerate(step.choices):
            if choice.to not in known:
                yield (
                    (*here, "choices", position, "to"),
                    f"this choice leads to “{choice.to}”, which is neither a step nor an ending.",
                )
            yield from _check_hard_words((*here, "choices", position, "then"), choice.then, scenario)
        if not any(choice.lands == "well" for choice in step.choices):
            yield (
                (*here, "choices"),
                f"step “{step.key}” has no choice that lands well, so nobody can do right there.",
            )
    if not any(ending.completes for ending in scenario.endings):
        yield ("endings",), "no ending completes the unit, so nobody could ever pass it."
    faults = list(_check_paths(scenario))
    yield from faults
    if not faults:
        yield from _check_gate(scenario)


def _check_gate(scenario: Scenario) -> Iterator[Finding]:
    """Whether the gate can be passed; only of a story without dead ends."""
    enough = [ending for ending in scenario.endings if scenarios.passes_gate(scenario, ending)]
    if scenario.gate is not None and not enough:
        yield ("gate",), f"no ending that completes is graded {scenario.gate} or safer, so nobody could ever pass it."
    elif scenario.gate_well is not None and all(any(c.lands == "well" for c in s.choices) for s in scenario.steps):
        best = scenarios.best_path(scenario)
        if best.ending is not None and scenarios.well(best) < scenario.gate_well:
            yield (
                ("gate_well",),
                f"{scenario.gate_well} replies are to land well, but the path of the strongest replies has only "
                f"{scenarios.well(best)}.",
            )


def _check_paths(scenario: Scenario) -> Iterator[Finding]:
    onward = {step.key: {choice.to for choice in step.choices} for step in scenario.steps}
    reached = _reach([scenario.steps[0].key], onward)
    for number, step in enumerate(scenario.steps):
        if step.key not in reached:
            yield ("steps", number), f"no choice leads to step “{step.key}”, so nobody would ever see it."
    for number, ending in enumerate(scenario.endings):
        if ending.key not in reached:
            yield (
                ("endings", number),
                f"no choice leads to ending “{ending.key}”, so nobody would ever see it.",
            )
    back: dict[str, set[str]] = {}
    for key, targets in onward.items():
        for target in targets:
            back.setdefault(target, set()).add(key)
    has_way_out = _reach([ending.key for ending in scenario.endings], back)
    for number, step in enumerate(scenario.steps):
        if step.key in reached and step.key not in has_way_out:
            yield (
                ("steps", number),
                f"from step “{step.key}” no ending can be reached: the story would go round for ever.",
            )


def _check_hard_words(place: Place, said: Iterable[SpokenLine], scenario: Scenario) -> Iterator[Finding]:
    if any(line.gentler for line in said) and not scenario.content_note:
        yield (
            place,
            "somebody says hard words here, so the scenario needs a content_note that says so gently.",
        )


def _reach(start: list[str], onward: dict[str, set[str]]) -> set[str]:
    reached, waiting = set(start), list(start)
    while waiting:
        for target in onward.get(waiting.pop(), set()) - reached:
            reached.add(target)
            waiting.append(target)
    return reached


def _repeated(names: Iterable[str]) -> Iterator[int]:
    """The position of each name that occurred before."""
    counts: Counter[str] = Counter()
    for position, name in enumerate(names):
        if counts[name]:
            yield position
        counts[name] += 1
