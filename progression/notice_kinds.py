"""The notices of progression, and what people may know of each beforehand."""

from __future__ import annotations

from app.outbox.notice import NoticeKind
from progression.applying.notices import ApplicationAnswered, MoreAsked, StepApplied
from progression.branches.notices import BranchEnded, BranchJoined
from progression.documents.notices import AgreeAgain
from progression.lapsing.notices import LapsesAhead, LapsesToRecord
from progression.listening.notices import NewsTold, PulseOpen, SuggestionAnswered, SuggestionsWait
from progression.notices import (
    DecisionConfirmed,
    DecisionReopened,
    EvidenceWithdrawn,
    NewRequirement,
    NotYet,
    ReadyForSignOff,
    SignatureGiven,
    SignatureWanted,
    SignedOff,
    SteppedBack,
)
from progression.observing.notices import ObservationWritten, RecordAnswered
from progression.road.thanks import Thanked

NOTICES = (
    NoticeKind(
        SignedOff,
        to="the person concerned",
        when="When they are signed off for the next stage.",
        why="They know what they may do now, and who decided.",
        is_essential=True,
    ),
    NoticeKind(
        NotYet,
        to="the person concerned",
        when="When somebody decides that they are not ready yet.",
        why="They know why, and what is nearest.",
        is_essential=True,
    ),
    NoticeKind(
        SignatureGiven,
        to="the person concerned",
        when="When somebody signed a step that takes more people than one.",
        why="They know where it stands.",
        is_essential=True,
    ),
    NoticeKind(
        SignatureWanted,
        to="everybody who may sign next",
        when="When somebody signed a step that takes more people than one.",
        why="The step does not wait unseen.",
    ),
    NoticeKind(
        DecisionConfirmed,
        to="the person concerned",
        when="When a step of theirs is confirmed although something it rested on was withdrawn.",
        why="They know that it stands.",
        is_essential=True,
    ),
    NoticeKind(
        DecisionReopened,
        to="everybody who decides on steps",
        when="When something is withdrawn on which a sign-off rested.",
        why="Somebody looks at it again.",
        is_essential=True,
    ),
    NoticeKind(
        SteppedBack,
        to="the person concerned",
        when="When somebody else steps them back to an earlier stage.",
        why="They know what they no longer do, why, and the way on.",
        is_essential=True,
    ),
    NoticeKind(
        EvidenceWithdrawn,
        to="the person concerned",
        when="When a record about them is withdrawn.",
        why="They know what is gone, why, and how to get it back.",
        is_essential=True,
    ),
    NoticeKind(
        ReadyForSignOff,
        to="everybody who may decide on the step",
        when="When the last thing that a step asks for is recorded.",
        why="Nobody waits unseen for a decision.",
    ),
    NoticeKind(
        NewRequirement,
        to="everybody who was cleared without it",
        when="When the pathway asks for something new, and 14 and 3 days before the last day.",
        why="What they may do does not end without a warning.",
        is_essential=True,
    ),
    NoticeKind(
        AgreeAgain,
        to="everybody who agreed to an earlier edition",
        when="When a new edition asks for agreement again, and 14 and 3 days before the last day.",
        why="They read what changed while their agreement still counts.",
        is_essential=True,
    ),
    NoticeKind(
        ObservationWritten,
        to="the person who was observed",
        when="When somebody writes down what they saw of them on a shift.",
        why="Nothing is kept about them that they cannot read and answer.",
        is_essential=True,
    ),
    NoticeKind(
        RecordAnswered,
        to="who wrote the record or decided",
        when="When the person concerned answers.",
        why="An answer is read by the one it is for.",
    ),
    NoticeKind(
        StepApplied,
        to="everybody who may decide on the step",
        when="When somebody applies for their next step.",
        why="An application does not wait unseen.",
    ),
    NoticeKind(
        MoreAsked,
        to="the applicant",
        when="When somebody who decides asks something first.",
        why="They answer, and their application goes on.",
        is_essential=True,
    ),
    NoticeKind(
        ApplicationAnswered,
        to="those who asked, or everybody who may decide",
        when="When the applicant answers.",
        why="The decision goes on.",
    ),
    NoticeKind(
        SuggestionsWait,
        to="everybody who may answer suggestions",
        when="At most once a day, while suggestions wait; one e-mail for all of them.",
        why="Nobody suggests something in vain.",
    ),
    NoticeKind(
        SuggestionAnswered,
        to="who suggested it",
        when="When their suggestion is answered.",
        why="They know what became of it.",
    ),
    NoticeKind(
        PulseOpen,
        to="everybody they are for",
        when="When short questions open, and once before they close, to those who have not answered.",
        why="People can say how it is going, without their name.",
    ),
    NoticeKind(
        NewsTold,
        to="everybody it is for",
        when="When staff announce something that changes, to those who have not read it on the page.",
        why="Everybody knows of a change before it matters on a shift.",
        is_essential=True,
    ),
    NoticeKind(
        LapsesAhead,
        to="the person concerned",
        when="60, 30 and 7 days before something lapses on which their duties rest.",
        why="They renew it while their shifts are still theirs.",
        is_essential=True,
    ),
    NoticeKind(
        LapsesToRecord,
        to="everybody who may record evidence",
        when="60, 30 and 7 days before checks of others lapse; one e-mail for all of them.",
        why="They record the renewal in time.",
    ),
    NoticeKind(
        BranchJoined,
        to="the person concerned",
        when="When enough people signed for them to join a branch.",
        why="They know what they may do now.",
        is_essential=True,
    ),
    NoticeKind(
        BranchEnded,
        to="the person concerned",
        when="When somebody else ends their time in a branch.",
        why="They know what they no longer do, why, and whom to talk to.",
        is_essential=True,
    ),
    NoticeKind(
        Thanked,
        to="the person who is thanked",
        when="When a colleague thanks them.",
        why="Kind words arrive.",
    ),
)
"""Every kind, in the order of the table."""
