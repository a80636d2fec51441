"""The permissions that the pages of training require."""

from __future__ import annotations

from app.people.rights import Permission


class TrainingPermission(Permission):
    """Learning is open to everybody who is signed in; other pages need these permissions."""

    READ_CERTIFICATES = "training:certificate:read"
    INSTALL = "training:course:install"
    SEE_WHERE_PEOPLE_GO_WRONG = "training:mistakes:see"
    ACCEPT_ELSEWHERE = "training:elsewhere:accept"
    GIVE_TRIES = "training:try:give"
    READ_REFLECTIONS = "training:reflection:read"  # only those that their writers share
    WRITE = "training:course:write"
    ASSIGN = "training:course:assign"
    SEE_MATRIX = "training:matrix:see"  # who has learned what; reminding people needs ASSIGN as well
    MARK = "training:practical:mark"
    LEAD_GROUPS = "training:group:lead"
    HOLD_SESSIONS = "training:session:hold"  # make live sessions, and all that those who lead one do
