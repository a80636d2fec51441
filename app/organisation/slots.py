"""Slots: what an organisation fills in, for texts that name it.

A text names a slot, such as `safeguarding-lead`, instead of a person. Where the organisation has not filled it in,
readers get advice that is safe anywhere in the United Kingdom. Numbers: nspcc.org.uk (helpline for adults worried about
a child, and the advice line about how an organisation protects children), police.uk (101), samaritans.org.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # texts are checked against the keys alone, without a database
    from app.organisation.help_lines import HelpLine
    from app.organisation.in_force import Details


@dataclass(frozen=True)
class Slot:
    """One thing that an organisation fills in."""

    key: str
    title: str
    column: str  # of `SelfDescription`; a name has its number in the column of that name with `_number`
    advice: str  # where it is empty; {danger} is the number to ring when a life is in danger
    is_person: bool = False


@dataclass(frozen=True)
class SlotWords:
    """A slot as pages show it: what the organisation says, or the general advice."""

    title: str
    is_filled: bool
    words: str | None
    name: str | None = None
    number: str | None = None
    lines: tuple[HelpLine, ...] = ()


NATIONS = {
    "England": (
        "We work in England. Your safeguarding lead passes a serious worry to children’s social care at the "
        "council where the child lives. A worry about an adult who works or volunteers with children also "
        "goes to that council’s designated officer (LADO)."
    ),
    "Wales": (
        "We work in Wales. Your safeguarding lead passes a serious worry to social services at the council "
        "where the child lives, as the Wales Safeguarding Procedures say."
    ),
    "Scotland": (
        "We work in Scotland. Your safeguarding lead passes a serious worry to social work at the council "
        "where the child lives, or to Police Scotland, as the National Guidance for Child Protection says."
    ),
    "Northern Ireland": (
        "We work in Northern Ireland. Your safeguarding lead passes a serious worry to the Gateway team of "
        "the Health and Social Care Trust where the child lives."
    ),
    "More than one nation": (
        "We work in more than one nation of the United Kingdom. Where the child lives decides which service a "
        "worry goes to. Your safeguarding lead knows which."
    ),
}
"""Where an organisation works, and whom a worry about a child goes to there.

Source: NSPCC Learning, *Child protection system in the UK*, and the national guidance of each nation.
"""

_NSPCC = "An adult who is worried about a child can also ring the NSPCC helpline, 0808 800 5000."

SLOTS = {
    slot.key: slot
    for slot in (
        Slot(
            "safeguarding-lead",
            "Safeguarding lead",
            "safeguarding_lead",
            "Tell any member of staff, or the person on call, now. You do not have to be sure. If somebody is "
            f"in immediate danger, ring {{danger}} first. {_NSPCC}",
            is_person=True,
        ),
        Slot(
            "deputy-lead",
            "Deputy safeguarding lead",
            "safeguarding_deputy",
            "If the safeguarding lead cannot be reached, or the worry is about them, tell another member of staff or a "
            "trustee now. The NSPCC’s Whistleblowing Advice Line, 0800 028 0285, helps when the worry is about how an "
            "organisation protects children. In immediate danger, ring {danger} first.",
            is_person=True,
        ),
        Slot(
            "on-call",
            "Out of hours",
            "safeguarding_out_of_hours",
            "Tell the person who leads the shift, or any member of staff you can reach, now. If nobody "
            "answers and a child may be harmed before the morning, ring the police on 101; in immediate "
            "danger, ring {danger}.",
        ),
        Slot(
            "report-form",
            "Where to write it down",
            "report_form",
            "Write down the day, the time, where it was, the very words, and what you did. Keep facts apart "
            "from what you think. Give it to your safeguarding lead or a member of staff the same day, and "
            "keep no copy of your own.",
        ),
        Slot(
            "nation",
            "The rules that hold here",
            "nation",
            "What you do is the same everywhere in the United Kingdom: tell the right person the same day. "
            "The services that a worry goes to have other names in England, Wales, Scotland and Northern "
            "Ireland. Your safeguarding lead knows which.",
        ),
        Slot(
            "help-for-you",
            "Support for you",
            "support_people",
            "Tell the person who leads your shift, or any member of staff, that this one was hard. “Support "
            "for me” stands at the top of every page. Samaritans listen to anybody, day and night: 116 123.",
        ),
        Slot(
            "local-help",
            "Where young people find help",
            "local_help",
            "In immediate danger, {danger}. Otherwise one of these:",
        ),
    )
}
"""Every slot by its key. The list is closed: a text that names another is refused."""


def shown(key: str, details: Details) -> SlotWords:
    """What pages show for a slot."""
    slot = SLOTS[key]
    if not is_filled(slot, details):
        lines = tuple(details.lines) if key == "local-help" else ()
        return SlotWords(slot.title, False, slot.advice.format(danger=details.number_in_danger), lines=lines)
    said = getattr(details, slot.column)
    if slot.is_person:
        return SlotWords(slot.title, True, None, name=said, number=getattr(details, f"{slot.column}_number"))
    return SlotWords(slot.title, True, NATIONS.get(said, said) if key == "nation" else said)


def is_filled(slot: Slot, details: Details) -> bool:
    """Whether the organisation has said it; of a person, with a number to ring."""
    said = bool(getattr(details, slot.column))
    return said and (not slot.is_person or bool(getattr(details, f"{slot.column}_number")))


def empty(keys: Iterable[str], details: Details) -> list[Slot]:
    """Those of these slots that the organisation has not filled in."""
    return [SLOTS[key] for key in keys if key in SLOTS and not is_filled(SLOTS[key], details)]
