"""What another pathway would do: who gains or loses which duty, who becomes ready for a step or no longer is, and when.

By the evidence recorded so far, beside the version that would hold otherwise. Nothing is changed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from app import clock, settings
from app.people.models import CLOSED, Person
from app.people.rights import Loss, losses
from app.policies import documents, versions
from app.policies.preview import Effect, Preview, Touched
from app.wording import day_in_words, plural
from progression.duties import Duty
from progression.intervals import ALWAYS_SINCE, FOR_EVER, Interval, intersection
from progression.journey import step_ahead
from progression.ledger import PersonFacts, people_with_facts
from progression.pathway import Pathway
from progression.permissions import ProgressionPermission
from progression.stages import Stage
from progression.standing import clearances_under, kinds_that_matter

LOOKED_AT = timedelta(days=83)  # twelve weeks with the first day: as far ahead as seats are judged
MOST_NAMED = 20  # of one kind; more are read by nobody
PATHWAY = "pathway"


class Change(NamedTuple):
    """That one person gains or loses a duty, or becomes ready for a step or no longer is, at an instant."""

    what: Duty | Stage
    gains: bool
    person_id: int
    name: str
    at: datetime


def preview(
    pathway: Pathway, holds_from: date, takes_over: date | None, now: datetime, permissions: Collection[str]
) -> Preview:
    """What a pathway would do in the twelve weeks from its first day on.

    Without the permission to see where people stand, the reader is told numbers alone. A version that takes over within
    that time ends it.
    """
    zone = settings.current().zone
    first = max(holds_from, clock.on(now, zone))
    last = min(first + LOOKED_AT, takes_over - timedelta(days=1) if takes_over else date.max)
    time = Interval(max(now, clock.starts(first, zone)), clock.ends(last, zone))
    before = documents.on(Pathway, first)
    changes = changes_between(before, pathway, time, everybody(before, pathway)) if pathway != before else []
    is_named = ProgressionPermission.SEE_STANDING in permissions
    names = {each.person_id: each.name for each in changes}
    return Preview(
        f"Looked at: what is recorded about people so far, from {day_in_words(first)} to {day_in_words(last)}.",
        (
            *_effects(changes, is_named=is_named),
            *_seats(_seats_lost(pathway, holds_from, now), names, is_named=is_named),
        ),
        nothing="Nobody gains or loses a duty, and nobody becomes ready for a step or is no longer.",
        not_named="Somebody who may see where people stand reads here who they are.",
    )


def everybody(*pathways: Pathway) -> list[PersonFacts]:
    """Everybody about whom something is recorded that one of these pathways asks for."""
    kinds = kinds_that_matter([(Interval(ALWAYS_SINCE, FOR_EVER), pathway) for pathway in pathways])
    return people_with_facts(Person.state.not_in(CLOSED), kinds=kinds)


def changes_between(before: Pathway, after: Pathway, time: Interval, people: Iterable[PersonFacts]) -> list[Change]:
    """Each change for each of these people in a time, a person's first of its kind, in order of time."""
    found = [change for each in people for change in _changes_of(each, before, after, time)]
    return sorted(found, key=lambda change: (change.at, change.name.casefold(), change.person_id))


def _changes_of(each: PersonFacts, before: Pathway, after: Pathway, time: Interval) -> Iterator[Change]:
    zone = settings.current().zone
    was, would = (clearances_under([(time, one)], each.facts, zone, each.born_on) for one in (before, after))
    for duty in Duty:
        for one, other, gains in ((was[duty], would[duty], False), (would[duty], was[duty], True)):
            at = first_outside(one, other)
            if at is not None:
                yield Change(duty, gains, each.person.id, each.person.display_name, at)
    steps = [step_ahead(each.facts, one, zone, born_on=each.born_on, at=time.start) for one in (before, after)]
    if steps[0] is not None and steps[1] is not None and steps[0].is_ready != steps[1].is_ready:
        yield Change(steps[1].to, steps[1].is_ready, each.person.id, each.person.display_name, time.start)


def first_outside(spans: Sequence[Interval], others: Sequence[Interval]) -> datetime | None:
    """The first instant of some merged times that lies in none of others; None where all of them do."""
    for span in spans:
        at = span.start
        for other in intersection([span], others):
            if other.start > at:
                break
            at = other.end
        if at < span.end:
            return at
    return None


def _sentence(what: Duty | Stage, gains: bool, count: int, on: str) -> str:
    if isinstance(what, Duty):
        people = plural(count, "person gains", "people gain") if gains else plural(count, "person loses", "people lose")
        return f"{people} the duty {what.words}: {on}."
    ready = "ready" if gains else "no longer ready"
    return f"{plural(count, 'person is', 'people are')} {ready} for the step to {what.value}: {on}."


def _effects(changes: Sequence[Change], *, is_named: bool) -> Iterator[Effect]:
    zone = settings.current().zone
    for what in (*Duty, *Stage):
        for gains in (False, True):
            those = [change for change in changes if change.what is what and change.gains is gains]
            if not those:
                continue
            first, last = (clock.on(those[n].at, zone) for n in (0, -1))
            on = day_in_words(first) if first == last else f"{day_in_words(first)} to {day_in_words(last)}"
            shown = those[:MOST_NAMED] if is_named else []
            yield Effect(
                _sentence(what, gains, len(those), on),
                tuple(Touched(each.name, each.at, "", "people.show", {"person_id": each.person_id}) for each in shown),
                len(those) - len(shown) if shown else 0,
                is_good=gains,
            )


def _seats_lost(pathway: Pathway, holds_from: date, now: datetime) -> list[Loss]:
    """The coming seats of published rotas whose holders may not keep them under the pathway and may now."""
    kept = set(losses(None, now=now))
    with documents.assuming(versions.kind_named(PATHWAY), pathway, holds_from=holds_from):
        return [loss for loss in losses(None, now=now) if loss not in kept]


def _seats(lost: Sequence[Loss], names: dict[int, str], *, is_named: bool) -> Iterator[Effect]:
    if not lost:
        return
    people = len({loss.person_id for loss in lost})
    shown = lost[:MOST_NAMED] if is_named else []
    yield Effect(
        f"{plural(len(lost), 'coming shift')} of {plural(people, 'person', 'people')} would be given to others.",
        tuple(
            Touched(
                f"{names.get(loss.person_id, 'Somebody')}, {loss.what}",
                loss.starts_at,
                "",
                "people.show",
                {"person_id": loss.person_id},
            )
            for loss in shown
        ),
        len(lost) - len(shown) if shown else 0,
    )
