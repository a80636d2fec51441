"""The notices of the core, and what people may know of each beforehand."""

from __future__ import annotations

from app.conversations.notices import WroteToYou
from app.first_steps.mail_test import MailTest
from app.outbox.notice import NoticeKind
from app.people.leaving import HasLeft
from app.people.messages import WrittenMessage
from app.people.notices import (
    DetailsCorrected,
    EmailAlreadyInUse,
    EmailChanged,
    EmailChangeRequested,
    Invited,
    ResetRequested,
)
from app.takeover.notices import Welcomed

NOTICES = (
    NoticeKind(
        Invited,
        to="a new person",
        when="When staff make their account, or send the invitation again.",
        why="It holds the link with which they choose a password.",
        is_essential=True,
        in_inbox=False,
    ),
    NoticeKind(
        ResetRequested,
        to="the person of an account",
        when="When somebody asks for a new password with their address.",
        why="It holds the link with which they choose one.",
        is_essential=True,
        in_inbox=False,
    ),
    NoticeKind(
        EmailChangeRequested,
        to="the new address of an account",
        when="When its person asks to use another address.",
        why="It proves that the new address is theirs before anything is sent to it.",
        is_essential=True,
        in_inbox=False,
    ),
    NoticeKind(
        EmailAlreadyInUse,
        to="the holder of an address",
        when="When another account asks to use the same address.",
        why="They learn of it, and nothing is changed.",
        is_essential=True,
    ),
    NoticeKind(
        EmailChanged,
        to="the former address of an account",
        when="When the account has moved to another address.",
        why="They can stop a change that they did not make.",
        is_essential=True,
        in_inbox=False,
    ),
    NoticeKind(
        DetailsCorrected,
        to="the person concerned",
        when="When staff correct what is kept about them.",
        why="Nobody’s details change behind their back; it says what, by whom and why, and never the values.",
        is_essential=True,
    ),
    NoticeKind(
        HasLeft,
        to="somebody whose last day is over",
        when="When their account has closed.",
        why="They are thanked, and know what stays on record and how to come back.",
        is_essential=True,
        in_inbox=False,
    ),
    NoticeKind(
        Welcomed,
        to="a person taken over from records",
        when="When staff invite the people of a list.",
        why="It holds the link with which they choose a password, and says what is known of them.",
        is_essential=True,
        in_inbox=False,
    ),
    NoticeKind(
        WrittenMessage,
        to="each person chosen on the list of people",
        when="When somebody who plans writes to them.",
        why="People can be told something without anybody reading an address.",
        is_essential=True,
    ),
    NoticeKind(
        WroteToYou,
        to="those to whom somebody wrote, or who wrote and are answered",
        when="At once, when somebody writes to the lead of a shift, to coordinators or to staff, or answers.",
        why="Who asks is answered, and nobody reads an address; the words are on the page only.",
        is_essential=True,
    ),
    NoticeKind(
        MailTest,
        to="the administrator who asked for it",
        when="When they send the test e-mail.",
        why="It shows that e-mails arrive before the first night depends on them.",
        is_essential=True,
        in_inbox=False,
    ),
)
"""Every kind, in the order of the table."""
