"""What pages say of an observation by a form: when and where it was, and each question with its mark."""

from __future__ import annotations

from app import clock, settings
from progression.fact_kinds import FactKind
from progression.facts import NOT_COUNTED, Fact
from progression.observing.observation_forms import Mark, Variety, forms_on


def observation_details(fact: Fact) -> list[str]:
    """By day or night, on which kind of channel, and why it does not count; empty for other facts."""
    if fact.kind != FactKind.OBSERVED or "seat" not in fact.facts:
        return []
    shown = {each.value: each.words for each in Variety}
    where = ", ".join(shown.get(fact.facts[detail], str(fact.facts[detail])) for detail in ("time", "channel"))
    details = [where.capitalize()]
    if fact.key.endswith(NOT_COUNTED):
        passed = fact.facts["outcome"] == "passed"
        why = "others by the same observer count already" if passed else "not enough of it was seen to go well"
        details.append(f"Does not count for a step: {why}")
    return details


def marks_of(fact: Fact) -> list[tuple[str, str]]:
    """Each question in the words it had then, with its mark; empty for a fact without a form."""
    if fact.kind != FactKind.OBSERVED or "marks" not in fact.facts:
        return []
    forms = forms_on(clock.on(fact.recorded_at, settings.current().zone)).forms
    form = next((form for duty, form in forms.items() if duty == fact.facts["duty"]), None)
    texts = {question.key: question.text for question in form.questions} if form else {}
    pairs = [mark.partition(":")[::2] for mark in fact.facts["marks"]]
    return [(texts.get(key, key.replace("-", " ")), Mark(mark).words) for key, mark in pairs]
