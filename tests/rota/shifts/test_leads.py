"""Writing to the lead of one's shift."""

from __future__ import annotations

from flask.testing import FlaskClient

from app import db
from app.conversations.models import Conversation, ConversationMember
from progression.duties import Duty
from rota.scheduling.cover_pattern import Need
from tests.conftest import SignIn
from tests.rota.crew import Crew, seats


def test_somebody_on_a_shift_writes_to_its_lead_and_nobody_else_does(
    client: FlaskClient, crew: Crew, sign_in: SignIn
) -> None:
    wren, heron, fern = crew.moderator("Wren"), crew.lead("Heron"), crew.moderator("Fern")
    crew.always_can(wren, heron)
    rota = crew.rota(crew.evenings("Board", Need(Duty.LEAD, 1, 1, 1), Need(Duty.MODERATOR, 1, 1, 1)))
    lead, moderator = seats(rota)[:2]
    crew.give(rota, lead, heron)
    crew.give(rota, moderator, wren)
    crew.publish(rota)
    address = f"/shifts/{moderator.shift_id}/write-to-lead"
    sign_in(client, wren)
    assert address in client.get(f"/shifts/{moderator.shift_id}").text
    page = client.get(address).text
    assert "<b>To</b> Heron" in page
    assert 'value="Board, ' in page
    client.post(address, data={"subject": "Board", "text": "I come five minutes late.", "once": "abcdefgh"})
    assert db.session.query(ConversationMember).one().person_id == heron.id
    sign_in(client, fern)
    assert client.get(address).status_code == 404
    sign_in(client, heron)
    assert "I come five minutes late." in client.get(f"/conversations/{db.session.query(Conversation).one().id}").text
    assert client.get(address).status_code == 200, "who leads alone reads whom to ask instead"
