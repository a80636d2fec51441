"""What the rota's pages ask for."""

from __future__ import annotations

from app.people.rights import Permission


class RotaPermission(Permission):
    """Planning sees drafts and who could; publishing tells people; the cover map only counts heads; ringing is for
    those who may ask for the number of the person on call without being on shift themselves.
    """

    PLAN = "rota:rota:plan"
    PUBLISH = "rota:rota:publish"
    SEE_COVER = "rota:cover:see"
    RING = "rota:duty:ring"
