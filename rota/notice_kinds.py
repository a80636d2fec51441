"""The notices of the rota, and what people may know of each beforehand."""

from __future__ import annotations

from app.outbox.notice import NoticeKind
from rota.absence_notices import AwayAgain, AwayAnswered, AwaySaid, LeavingSaid, LeavingTold, WordToContact
from rota.ahead.notices import GapsAhead, RenewalsToRecord, RenewalWanted
from rota.asking_notices import NobodyToAsk, SeatFilled, SeatOffered
from rota.exchanges import notices as exchange_notices
from rota.notices import (
    NobodyOnCall,
    RotaPublished,
    RotaWithdrawn,
    SeatReleased,
    SeatsBack,
    SeatsChanged,
    ShiftDropped,
    ShiftReminder,
    ShiftShort,
    ShiftTaken,
)
from rota.offering.notices import TimesAsked, TimesEnteredForYou
from rota.on_behalf_notices import DoneForYou
from rota.store.ending_parts import PartEnded
from rota.worked.notices import CameAfterAll, DidNotComeAnswered, DidNotComeSaid

NOTICES = (
    NoticeKind(
        RotaPublished,
        to="everybody with a shift on the rota",
        when="When a rota is published for the first time.",
        why="They know their shifts, and can give one back in time.",
        is_essential=True,
    ),
    NoticeKind(
        SeatsChanged,
        to="everybody whose shifts a version changes",
        when="When a later version of a rota is published, or a single shift is changed.",
        why="They know what is theirs now, and why.",
        is_essential=True,
    ),
    NoticeKind(
        RotaWithdrawn,
        to="everybody who had a shift on the rota",
        when="When a rota is withdrawn.",
        why="Nobody comes in vain.",
        is_essential=True,
    ),
    NoticeKind(
        ShiftReminder,
        to="the person who works the shift",
        when="As many hours before the shift as they chose.",
        why="They come, or say in time that they can’t.",
        is_essential=True,
    ),
    NoticeKind(
        ShiftTaken,
        to="the person who took the shift",
        when="At once, when they take an open shift.",
        why="They have it in writing, with the way to give it back.",
        is_essential=True,
    ),
    NoticeKind(
        DoneForYou,
        to="the person for whom it was done",
        when="At once, when somebody who plans does something about a shift on their behalf.",
        why="They know what was done in their name, and can take it back.",
        is_essential=True,
    ),
    NoticeKind(
        ShiftDropped,
        to="everybody who plans",
        when="At once, when seats of one event, or of one look at lapses, open again; one e-mail for all of them.",
        why="They fill the seats.",
        is_essential=True,
    ),
    NoticeKind(
        ShiftShort,
        to="the lead and everybody else on the shift; who is on call, if the shift is near",
        when="At once, when somebody no longer comes to a shift. Who plans gets the e-mail to those who plan instead.",
        why="They know how many they are, and what to do; who it was is not said.",
        is_essential=True,
    ),
    NoticeKind(
        SeatOffered,
        to="people who are cleared, free and rested enough, a few at a time",
        when="When a seat becomes open, or who offers a part of a shift asks for it; in waves, at nobody’s night.",
        why="They can take the shift, or say not this time.",
    ),
    NoticeKind(
        SeatFilled,
        to="people who were asked and had not answered",
        when="When somebody else took the shift, in the morning if it is night for them.",
        why="They need not answer any more.",
    ),
    NoticeKind(
        NobodyToAsk,
        to="everybody who plans",
        when="When nobody is left whom Nightlight may ask about an open seat; one e-mail for all such seats.",
        why="They look for another way before the shift begins.",
        is_essential=True,
    ),
    NoticeKind(
        AwaySaid,
        to="the person who is away",
        when="At once, when they are down as away.",
        why="They see until when, which shifts others have now, and how to come back.",
        is_essential=True,
    ),
    NoticeKind(
        AwayAgain,
        to="the person who was away",
        when="When their days away are taken back and shifts were still open.",
        why="They know which shifts are theirs again.",
        is_essential=True,
    ),
    NoticeKind(
        AwayAnswered,
        to="the person who entered the time away",
        when="When the person concerned answers.",
        why="An answer is read by the one it is for.",
    ),
    NoticeKind(
        WordToContact,
        to="the one person whom somebody chose",
        when="When somebody pauses and wishes one person to know that they need support.",
        why="Somebody gets in touch with them.",
        is_essential=True,
        in_inbox=False,
    ),
    NoticeKind(
        LeavingSaid,
        to="the person who leaves",
        when="At once, when their last day is said.",
        why="They know what happens until then and after it, what to take with them, and how to stay.",
        is_essential=True,
    ),
    NoticeKind(
        LeavingTold,
        to="everybody who plans",
        when="At once, when somebody’s last day is said.",
        why="They know who leaves and when, and which shifts are open because of it.",
    ),
    NoticeKind(
        SeatReleased,
        to="the person who had the shifts",
        when="At once, when they may no longer have shifts that were theirs.",
        why="They know that they need not come, why, and the way back.",
        is_essential=True,
    ),
    NoticeKind(
        SeatsBack,
        to="the person who had the shifts",
        when="When they may do again what they could, and shifts that were theirs are still open.",
        why="They can take them back.",
    ),
    NoticeKind(
        NobodyOnCall,
        to="everybody who plans or leads",
        when="Four hours before a time without anybody on call, and when it begins.",
        why="No minute passes without somebody who can be rung.",
        is_essential=True,
    ),
    NoticeKind(
        exchange_notices.SeatChangeAsked,
        to="everybody whose yes a change needs",
        when="At once, when somebody proposes a swap or those who plan ask about a near change.",
        why="Nothing changes before they said yes.",
        is_essential=True,
    ),
    NoticeKind(
        exchange_notices.SeatChangeDone,
        to="everybody whose shifts changed",
        when="When the last one said yes and the change holds.",
        why="They know what is theirs now.",
        is_essential=True,
    ),
    NoticeKind(
        exchange_notices.SeatChangeEnded,
        to="those who asked for a change or agreed to it",
        when="When it does not come about.",
        why="Everybody knows that they keep what they have.",
        is_essential=True,
    ),
    NoticeKind(
        exchange_notices.SeatChangeWaits,
        to="everybody who plans",
        when="When somebody looks for cover, or an agreed change waits for a decision.",
        why="They decide, or help to find somebody.",
        is_essential=True,
    ),
    NoticeKind(
        PartEnded,
        to="who took a part of a shift, whose shift it is, and who plans where it is open",
        when="When a part of a shift that somebody took is given up or ends.",
        why="Each knows who works these hours now.",
        is_essential=True,
    ),
    NoticeKind(
        GapsAhead,
        to="everybody who plans",
        when="Seven days, two days and four hours before a gap; all gaps in one e-mail, by day unless one is near.",
        why="A gap is seen while it can still be filled.",
    ),
    NoticeKind(
        RenewalWanted,
        to="people whose shifts rest on something that lapses",
        when="When somebody who plans invites them to renew it.",
        why="Their shifts keep their people.",
    ),
    NoticeKind(
        RenewalsToRecord,
        to="people who may record evidence",
        when="When somebody who plans invites people to renew what others must record; one e-mail for all of it.",
        why="They record it in time.",
    ),
    NoticeKind(
        TimesAsked,
        to="everybody who is asked for their times",
        when="When they are asked, and once more before the last day if they have not answered.",
        why="The rota is made from what people offer.",
    ),
    NoticeKind(
        TimesEnteredForYou,
        to="the person whose times they are",
        when="Some minutes after somebody else entered their times; one e-mail for all of it.",
        why="They can change what is not right.",
        is_essential=True,
    ),
    NoticeKind(
        DidNotComeSaid,
        to="the person concerned",
        when="When somebody notes that they were not at a shift.",
        why="They can say that they were, or how it was.",
        is_essential=True,
    ),
    NoticeKind(
        CameAfterAll,
        to="the person concerned",
        when="When such a note is taken back.",
        why="They know that the shift counts.",
        is_essential=True,
    ),
    NoticeKind(
        DidNotComeAnswered,
        to="who noted it",
        when="When the person concerned answers.",
        why="A mistake can be put right.",
    ),
)
"""Every kind, in the order of the table."""
