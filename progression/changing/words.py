"""What a pathway asks for in sentences, and what differs between two of them, for those who change it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from app.policies.comparison import ValueChange
from app.wording import day_in_words, listed, plural
from progression.changing.kinds import Asks, asks_of
from progression.changing.places import Place, begins_at, codes_at, places_of, signers_at
from progression.checks import Level, Workforce
from progression.duties import Duty
from progression.pathway import Pathway, Requirement
from progression.pathway_words import amount_in_words
from progression.record_details import RecordOutcome

Title = Callable[[Requirement], str]
"""What pages call a requirement: a course by its own title."""


def rule_in_words(need: Requirement, pathway: Pathway) -> str:
    """What a requirement asks for, as a sentence or two, without its title."""
    sentences = [_rule(need, pathway), "" if asks_of(need) is Asks.AT_STAGE else amount_in_words(need)]
    if need.grace is not None:
        sentences.append(
            f"People who were cleared by all else when it was written go on without it until "
            f"{day_in_words(need.grace.until)}."
        )
    return " ".join(each for each in sentences if each)


PLAIN = {
    Asks.COURSE: "The course is passed, and the pass has not run out.",
    Asks.AGREEMENT: "Agreed to, in its present version.",
    Asks.RIGHT_TO_WORK: "Somebody has seen the document, or looked with a share code.",
    Asks.TALK: "Staff have recorded it.",
    Asks.PRACTICAL: "A marker passed it.",
}
"""The kinds of which every requirement says the same."""


def _rule(need: Requirement, pathway: Pathway) -> str:
    asks = asks_of(need)
    match asks:
        case Asks.CHECK:
            return _check(need, pathway)
        case Asks.REFERENCES | Asks.INTERVIEW:
            conditions = RecordOutcome.UNDER_CONDITIONS in need.facts.get("outcome", ())
            return f"Recorded as good{', or as good with something to look at first' if conditions else ''}."
        case Asks.OBSERVED:
            return f"Somebody watched them{_on_duties(need)}, and it went well."
        case Asks.LATELY:
            return f"On shifts{_on_duties(need)}."
        case Asks.AT_STAGE:
            return f"At the stage of {need.key}, or above it. {amount_in_words(need)}"
        case Asks.AGE:
            return f"{need.key} or older."
        case Asks.BRANCH:
            branch = pathway.branches.get(need.key)
            return f"In the branch “{branch.title if branch else need.key}”."
        case None:
            return f"By evidence of {need.evidence}, as its file says."
        case _:
            return PLAIN[asks]


def _check(need: Requirement, pathway: Pathway) -> str:
    levels = [Level(each).words for each in need.facts.get("level", ()) if each in set(Level)]
    workforces = [Workforce(each).words.lower() for each in need.facts.get("workforce", ()) if each in set(Workforce)]
    sentence = " or ".join(levels) or "Of any level"
    sentence += f"; for work with {' or with '.join(workforces)}" if workforces else ""
    assessed = "risk-assessed" in need.facts.get("outcome", ())
    return (
        f"{sentence}; clear{', or assessed as suitable' if assessed else ''}. "
        f"Made again after {plural(pathway.check_again_after_months, 'month')}."
    )


def _on_duties(need: Requirement) -> str:
    duties = [Duty(each).words for each in need.facts.get("duty", ()) if each in set(Duty)]
    return f" as {' or '.join(duties)}" if duties else ""


def opening_in_words(pathway: Pathway, place: Place) -> str:
    """From which stage a place is open, and how many sign for it."""
    stage, signers = begins_at(pathway, place), signers_at(pathway, place)
    said = [f"From the stage of {stage.value} on." if stage else ""]
    if signers is not None:
        said.append(f"{plural(signers, 'person signs', 'different people sign')} for it.")
    return " ".join(each for each in said if each)


def differences(before: Pathway, after: Pathway, title: Title) -> list[ValueChange]:
    """What another pathway asks for otherwise, place by place and in words, with what was and what would be."""
    return [
        *_of_the_whole(before, after),
        *_of_places(before, after, title),
        *_of_requirements(before, after, title),
    ]


def _of_the_whole(before: Pathway, after: Pathway) -> Iterator[ValueChange]:
    for name, words in (
        ("name", "The name of the pathway"),
        ("lapses_soon_days", "Shown as about to lapse within, in days"),
        ("check_again_after_months", "Background checks are made again after, in months"),
        ("check_again_source", "Where that comes from"),
    ):
        was, now = str(getattr(before, name)), str(getattr(after, name))
        if was != now:
            yield ValueChange(words, was, now)


def _of_places(before: Pathway, after: Pathway, title: Title) -> Iterator[ValueChange]:
    earlier = {place.code: place for place in places_of(before)}
    later = {place.code: place for place in places_of(after)}
    for code, place in {**earlier, **later}.items():
        if code not in later:
            yield ValueChange(place.title, "A branch", None)
            continue
        if code not in earlier:
            yield ValueChange(place.title, None, f"A new branch. {opening_in_words(after, place)}")
        elif (was := _said(before, earlier[code])) != (now := _said(after, place)):
            yield ValueChange(place.title, was, now)
        had = codes_at(before, earlier[code]) if code in earlier else ()
        asked = codes_at(after, place)
        lost = [title(before.requirements[each]) for each in had if each not in asked]
        new = [title(after.requirements[each]) for each in asked if each not in had]
        if lost or new:
            what = f"{place.title}: what it asks for"
            yield ValueChange(what, listed(lost, quoted=True) or None, listed(new, quoted=True) or None)


def _said(pathway: Pathway, place: Place) -> str:
    branch = pathway.branches.get(place.key) if place.kind == "branch" else None
    more = f" {branch.title}. {branch.what}" if branch else ""
    return f"{opening_in_words(pathway, place)}{more}"


def _of_requirements(before: Pathway, after: Pathway, title: Title) -> Iterator[ValueChange]:
    for code, need in after.requirements.items():
        earlier = before.requirements.get(code)
        if earlier is None:
            yield ValueChange(title(need), None, rule_in_words(need, after))
        elif earlier != need:
            was, now = rule_in_words(earlier, before), rule_in_words(need, after)
            if was == now:
                was, now = (f"{each.title}. {each.how} {each.source}" for each in (earlier, need))
            yield ValueChange(title(need), was, now)
