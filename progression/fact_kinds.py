"""The kinds of fact, and so of evidence and requirement, that progression brings, each with all that is known of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Self


class Recorder(StrEnum):
    """Who may record a fact, seen from the person it is about. The use cases and the database both enforce it."""

    ANOTHER_PERSON = "another-person"  # the fact vouches for somebody, so never themselves and never Nightlight
    THEMSELVES = "themselves"
    ANYBODY = "anybody"


@dataclass(frozen=True, slots=True)
class KindProperties:
    """Everything the product needs to know about a kind of fact."""

    label: str  # for a page
    recorder: Recorder
    provided_by: str | None = None  # who can put it in place, as coordinators read it; None: no pathway asks for it
    is_private: bool = True  # whether only people who may see evidence read its title
    can_be_withdrawn: bool = True  # whether the pages offer to withdraw it


class FactKind(StrEnum):
    """The kinds of fact that progression brings. Training and the rota bring their own (`training`, `worked`).

    A new kind is a member here, its form and view, and a migration for the checks that `models` builds from `recorder`.
    """

    properties: KindProperties

    # Somebody saw a background check.
    CHECK = "check", KindProperties("Check", Recorder.ANOTHER_PERSON, "an assessor records it")
    # Somebody watched the person at work, or talked with them.
    OBSERVED = (
        "observed",
        KindProperties("Observation", Recorder.ANOTHER_PERSON, "an assessor records it, or on a shift its lead"),
    )
    # The person agreed to a text.
    ACCEPTED = (
        "accepted",
        KindProperties("Agreement", Recorder.THEMSELVES, "they agree to it themselves", is_private=False),
    )
    # A named person's decision; the key is the stage reached.
    SIGN_OFF = (
        "sign-off",
        KindProperties("Sign-off", Recorder.ANOTHER_PERSON, "an assessor gives it", is_private=False),
    )
    # Somebody who knows the person said what they think of them.
    REFERENCE = "reference", KindProperties("Reference", Recorder.ANOTHER_PERSON, "an assessor records it")
    # Somebody saw that the person may work in the country.
    RIGHT_TO_WORK = "right-to-work", KindProperties("Right to work", Recorder.ANOTHER_PERSON, "an assessor records it")
    # People talked with the person about a post or a task.
    INTERVIEW = "interview", KindProperties("Interview", Recorder.ANOTHER_PERSON, "an assessor records it")
    # A named person's signature; the key is the branch of the pathway that the person joins.
    BRANCH = "branch", KindProperties("Branch", Recorder.ANOTHER_PERSON, "an assessor signs it", is_private=False)
    # Ends every signature for the branch before it.
    BRANCH_LEFT = "branch-left", KindProperties("Branch left", Recorder.ANYBODY)
    # A signature of a step that takes several people; the last one is the sign-off. The key is the stage.
    SIGNATURE = "signature", KindProperties("Signature", Recorder.ANOTHER_PERSON)
    # A sign-off stands although something that it rested on was withdrawn; the key is the stage.
    CONFIRMED = "confirmed", KindProperties("Confirmation", Recorder.ANOTHER_PERSON)
    # The key is the stage stepped back to.
    STEP_BACK = "step-back", KindProperties("Step back", Recorder.ANYBODY)
    # A named person's decision; the key is the stage not reached yet.
    NOT_YET = "not-yet", KindProperties("Not yet", Recorder.ANOTHER_PERSON, can_be_withdrawn=False)
    # Withdraws another fact, which then never counted.
    WITHDRAWN = "withdrawn", KindProperties("Withdrawal", Recorder.ANYBODY, can_be_withdrawn=False)

    def __new__(cls, value: str, properties: KindProperties) -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.properties = properties
        return member

    @classmethod
    def named(cls, kind: str) -> FactKind | None:
        """The member of this value, or None for a kind that another domain brings."""
        return next((member for member in cls if member.value == kind), None)
