"""Writing to the lead of one's shift."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from app.conversations.models import WrittenTo
from app.conversations.views import write_to
from app.pages.times import when
from app.permissions import current_person, signed_in
from rota.shifts.leads import leads_of_shift
from rota.views.blueprint import bp


@bp.get("/shifts/<int:shift_id>/write-to-lead")
@bp.post("/shifts/<int:shift_id>/write-to-lead")
@signed_in
def write_to_lead(shift_id: int) -> ResponseReturnValue:
    own, leads = leads_of_shift(shift_id, current_person().id)
    about = f"{own.channel}, {when(own.starts_at)}"
    return write_to(WrittenTo.LEAD, leads, names=sorted(leads.values()), about=about)
