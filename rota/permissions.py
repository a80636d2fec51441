"""The permissions that the rota's pages require."""

from __future__ import annotations

from app.people.rights import Permission


class RotaPermission(Permission):
    """What a role may do with rotas."""

    PLAN = "rota:rota:plan"  # see and edit drafts, and see who could take a seat
    PUBLISH = "rota:rota:publish"  # publish a draft, which notifies people
    SEE_COVER = "rota:cover:see"  # see the cover map, which shows numbers and no names
    SEE_WHO = "rota:shift:who"  # read who is on shifts that one is not on oneself
    READ_STATEMENTS = "rota:statement:read"  # read what somebody gave: their shifts and hours since they came
    RING = "rota:duty:ring"  # read the number of the person on call without being on shift oneself
    KEEP_PAIRS = "rota:pair:keep"  # say who is kept apart and who together, and read why; not for those who plan
