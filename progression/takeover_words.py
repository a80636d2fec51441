"""What people write in their records for stages and background checks, and what it means here."""

from __future__ import annotations

import re

from app.typed_text import compare_key
from progression.checks import Level, Outcome, Workforce
from progression.stages import Stage

STAGE_WORDS = {
    Stage.USER: ("member", "users", "newcomer", "applicant", "communitymember"),
    Stage.PEER: ("p", "peers", "peersupporter", "peersupport", "peermentor"),
    Stage.VOLUNTEER: ("v", "vol", "vols", "volunteers", "volunteermoderator", "moderator", "mod", "listener"),
    Stage.STAFF: ("s", "staffmember", "memberofstaff", "employee", "employed", "paid", "paidstaff"),
}
STAGE_OF = {word: stage for stage, words in STAGE_WORDS.items() for word in (stage.value, *words)}
HAS_LEFT = frozenset({"left", "leaver", "exvolunteer", "former", "resigned", "inactive", "retired"})

YES = frozenset({"y", "yes", "true", "x", "done", "ok", "complete", "completed", "1", "ja", "✓", "✔"})
NO = frozenset({"n", "no", "false", "none", "na", "notyet", "0", "tbc", "tba"})
ON_ITS_WAY = frozenset(
    {"pending", "applied", "appliedfor", "awaiting", "awaited", "waiting", "inprogress", "sent", "submitted", "ongoing"}
)

OUTCOME_WORDS = {
    Outcome.CLEAR: (
        *("clean", "ok", "okay", "pass", "passed", "satisfactory", "nothing", "nil", "notrace", "nocontent"),
        *("nonerecorded", "allclear", "y", "yes"),
    ),
    Outcome.RISK_ASSESSED: ("riskassessed", "riskassessment", "ra", "assessed", "disclosureassessed"),
    Outcome.NOT_SUITABLE: ("notsuitable", "unsuitable", "failed", "fail", "refused", "declined", "notclear"),
}
OUTCOME_OF = {
    word: outcome
    for outcome, words in OUTCOME_WORDS.items()
    for word in ("".join(filter(str.isalnum, outcome.value)), *words)
}

WITHOUT_BARRED = re.compile(r"\b(without|no|not|non|excluding|excl)\b[^,;]*\bbarr?ed")
WITH_BARRED = re.compile(r"\bbarr?ed|\bbarring|\blists?\b|\benhanced ?\+|\+ ?bl\b")
CHILDREN = re.compile(r"\bchild|\byoung people|\bcyp\b|\byp\b|\bkids\b")
ADULTS = re.compile(r"\badult")


def plain(word: str) -> str:
    """A word without spaces, signs and capitals."""
    return "".join(character for character in compare_key(word) if character.isalnum() or character in "✓✔")


def level_in(words: str) -> Level | None:
    """The level of a check that the words name: “enhanced with barred lists”; None where they name none."""
    text = compare_key(words).replace("-", " ")
    if "enhanced" in text or re.search(r"\benh\b", text) or text == "e":
        with_lists = WITH_BARRED.search(text) and not WITHOUT_BARRED.search(text)
        return Level.ENHANCED_BARRED if with_lists else Level.ENHANCED
    if "standard" in text or re.search(r"\bstd\b", text):
        return Level.STANDARD
    return Level.BASIC if "basic" in text else None


def workforce_in(words: str) -> Workforce | None:
    """The workforce of a check that the words name: “child”, “adults and children”; None where they name none."""
    text = compare_key(words)
    children, adults = bool(CHILDREN.search(text)), bool(ADULTS.search(text))
    if (children and adults) or text == "both":
        return Workforce.CHILD_AND_ADULT
    if children:
        return Workforce.CHILD
    return Workforce.ADULT if adults else None
