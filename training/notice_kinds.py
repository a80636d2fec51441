"""The notices of training, and what people may know of each beforehand."""

from __future__ import annotations

from app.outbox.notice import NoticeKind
from training.guided.notices import NoteToGroup, PartOpen
from training.live.notices import (
    PlaceIsFree,
    SessionCancelled,
    SessionChanged,
    SessionReminder,
    SessionsWithoutLeader,
    SessionToLead,
)
from training.notices import (
    AnotherTry,
    CertificateIssued,
    ElsewhereDecided,
    PartAskedAgain,
    TakenOverTrainingLapses,
    TrainingLapses,
)
from training.practicals.notices import (
    ConversationArranged,
    ConversationCalledOff,
    MarkWithdrawn,
    PracticalAnswered,
    PracticalMarked,
    PracticalsWait,
)
from training.programme.notices import CourseAssigned, CourseDue
from training.teaching.notices import CoursesToDo

NOTICES = (
    NoticeKind(
        CertificateIssued,
        to="the person who passed",
        when="When they pass a course.",
        why="They have the certificate, and see what comes next.",
    ),
    NoticeKind(
        ElsewhereDecided,
        to="the person whose certificate it is",
        when="When somebody decides whether it counts here.",
        why="They know the decision, the reason and who decided.",
        is_essential=True,
    ),
    NoticeKind(
        AnotherTry,
        to="the learner",
        when="When a trainer gives them another try at a quiz.",
        why="They can go on.",
        is_essential=True,
    ),
    NoticeKind(
        PartAskedAgain,
        to="everybody who passed the course and is asked for parts again",
        when="When a new version asks for something again, and 14 and 3 days before the last day.",
        why="What they may do does not end without a warning.",
        is_essential=True,
    ),
    NoticeKind(
        TrainingLapses,
        to="the person whose training it is",
        when="60 and 14 days before training lapses on which no duty rests.",
        why="They can renew it in time.",
    ),
    NoticeKind(
        TakenOverTrainingLapses,
        to="the person whose training it is",
        when="60 and 14 days before training from elsewhere lapses on which no duty rests.",
        why="They can take the course here in time.",
    ),
    NoticeKind(
        CourseAssigned,
        to="the person who is asked",
        when="When staff ask them to take a course by a day.",
        why="They know what is asked, by whom and until when.",
        is_essential=True,
    ),
    NoticeKind(
        CourseDue,
        to="the person who is asked",
        when="A week before the day by which they were asked, and once after it.",
        why="They remember it, or say that they need longer.",
    ),
    NoticeKind(
        CoursesToDo,
        to="the person chosen",
        when="When staff remind them of their courses; all of them in one e-mail.",
        why="They remember what is theirs to learn.",
    ),
    NoticeKind(
        PracticalsWait,
        to="everybody who marks practicals",
        when="At most once a day, while practicals wait; one e-mail for all of them.",
        why="Nobody waits long for a mark.",
    ),
    NoticeKind(
        ConversationArranged,
        to="the learner",
        when="When a marker says when a conversation is.",
        why="They know the time and the place.",
        is_essential=True,
    ),
    NoticeKind(
        ConversationCalledOff,
        to="the other of the two",
        when="When one of them calls an arranged conversation off.",
        why="Nobody waits in vain.",
        is_essential=True,
    ),
    NoticeKind(
        PracticalMarked,
        to="the learner",
        when="When a practical has its result.",
        why="They read what was said, and go on.",
        is_essential=True,
    ),
    NoticeKind(
        PracticalAnswered,
        to="the other side: learner or marker",
        when="When one answers to feedback or to an answer.",
        why="An answer is read by the one it is for.",
    ),
    NoticeKind(
        MarkWithdrawn,
        to="the learner",
        when="When a mark is withdrawn.",
        why="They know what no longer counts, and what to do.",
        is_essential=True,
    ),
    NoticeKind(
        PartOpen,
        to="the learner",
        when="When the next part of a course opens that they take a part at a time.",
        why="They keep their pace; it can be paused on the course’s page.",
    ),
    NoticeKind(
        NoteToGroup,
        to="everybody in the guided group",
        when="Some minutes after its leader writes a note, unless it is taken back.",
        why="The group hears from the person who leads it.",
    ),
    NoticeKind(
        PlaceIsFree,
        to="who was next on the waiting list",
        when="When a place in a live session becomes free.",
        why="They come, or make room for the next person.",
        is_essential=True,
    ),
    NoticeKind(
        SessionChanged,
        to="everybody who has a place or waits",
        when="When the time or place of a live session changes.",
        why="They come at the right time.",
        is_essential=True,
    ),
    NoticeKind(
        SessionCancelled,
        to="everybody who has a place, waits or leads",
        when="When a live session is cancelled.",
        why="Nobody comes in vain; it says who cancelled it and why.",
        is_essential=True,
    ),
    NoticeKind(
        SessionToLead,
        to="the person put down to lead",
        when="When somebody else puts them down to lead a live session.",
        why="They know, and can say that it is not right.",
        is_essential=True,
    ),
    NoticeKind(
        SessionsWithoutLeader,
        to="everybody who may make live sessions",
        when="When the account of the only leader of sessions is closed; one e-mail for all of them.",
        why="Somebody else leads them, or they are cancelled in time.",
        is_essential=True,
    ),
    NoticeKind(
        SessionReminder,
        to="everybody with a place, and who leads",
        when="A day and an hour before a live session.",
        why="They come, or give the place up in time.",
    ),
)
"""Every kind, in the order of the table."""
