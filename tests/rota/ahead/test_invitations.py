"""Inviting all with one button: one e-mail to each about their own, and nobody twice for the same."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from app import db
from app.people.models import Person, Role
from app.refusals import Conflict
from progression import evidence
from progression.duties import Duty
from progression.evidence import NewEvidence
from progression.standing import missing_ahead
from rota.ahead import forecasts, invitations
from rota.ahead.invitations import QUIET_FOR
from rota.ahead.models import Forecast, RenewalInvitation
from rota.ahead.reading import period, read_ahead
from rota.scheduling.ahead_task import summary
from rota.scheduling.cover_ahead import Ahead
from rota.scheduling.renewals_ahead import invitations as choose
from tests.conftest import People, SignIn
from tests.rota.crew import CHECKED, CODE, LONDON, LONG_AGO, PEER, SAFE, TRAINED, VOLUNTEER, Crew
from tests.rota.emails import newest_email, queued
from tests.times import NOW

LAPSES = date(2027, 3, 5)


@pytest.fixture
def tansy(people: People) -> Person:
    return people.person("Tansy", roles=(Role.COORDINATOR,))


@pytest.fixture
def ash(people: People) -> Person:
    return people.person("Ash", roles=(Role.ASSESSOR,))


@pytest.fixture
def otter(crew: Crew) -> Person:
    """A moderator whose background check lapses, while the training goes on."""
    person = crew.people.person("Otter")
    with db.writing():
        for kind, key, facts in (CODE, SAFE, TRAINED, CHECKED, PEER, VOLUNTEER):
            by = person.id if kind == "accepted" else None if kind == "training" else crew.assessor.id
            until = LAPSES if kind == "check" else None
            new = NewEvidence(person_id=person.id, kind=kind, key=key, facts=facts, valid_until=until)
            evidence.record(new, by=by, now=LONG_AGO)
    crew.always_can(person)
    return person


def wren_of(crew: Crew) -> Person:
    wren = crew.moderator("Wren", until=LAPSES)
    crew.always_can(wren)
    return wren


def looked() -> Forecast:
    """A forecast as a worker keeps it, worked out here and now."""
    ahead: Ahead = read_ahead(NOW)
    with db.writing():
        found = Forecast(looked_at=NOW, revision=0, by_person_id=None, result=summary(ahead, choose(ahead)))
        db.session.add(found)
    return found


def invite(found: Forecast, by: Person, now: datetime = NOW) -> invitations.Outcome:
    with db.writing():
        return invitations.invite_all(found.id, by=by, now=now)


def test_each_gets_one_email_about_their_own_only(crew: Crew, tansy: Person) -> None:
    crew.evenings("Board")
    crew.evenings("Chat")
    wren, heron = wren_of(crew), crew.moderator("Heron", until=LAPSES + timedelta(days=7))
    crew.always_can(heron)
    outcome = invite(looked(), tansy)
    assert set(outcome.invited) == {"Wren", "Heron"}
    subject, text, html = newest_email("renewal-wanted", wren.id)
    assert subject == "Your nights would miss you"
    assert "conflict" in text.lower()
    assert "5 March 2027" in text
    assert "Heron" not in text + html
    assert len(queued("renewal-wanted")) == 2


def test_what_only_others_can_renew_goes_to_those_who_record_it(
    crew: Crew, tansy: Person, ash: Person, otter: Person
) -> None:
    crew.evenings()
    outcome = invite(looked(), tansy)
    assert outcome.by_others == ("Otter",)
    assert queued("renewal-wanted") == []
    subject, text, _ = newest_email("renewals-to-record", ash.id)
    assert subject == "Something to renew for Otter"
    assert f"/people/{otter.id}" in text


def test_nobody_is_invited_twice_for_the_same_within_two_weeks(crew: Crew, tansy: Person) -> None:
    crew.evenings()
    wren_of(crew)
    found = looked()
    invite(found, tansy)
    again = invite(found, tansy, NOW + timedelta(days=1))
    assert again.invited == ()
    assert again.lately == ("Wren",)
    assert len(queued("renewal-wanted")) == 1
    assert invite(found, tansy, NOW + QUIET_FOR).invited == ("Wren",)


def test_an_invitation_is_not_sent_once_it_was_renewed(crew: Crew, tansy: Person) -> None:
    crew.evenings()
    wren = wren_of(crew)
    invite(looked(), tansy)
    with db.writing():
        for key in ("safeguarding", "conflict"):
            new = NewEvidence(person_id=wren.id, kind="training", key=key, facts={}, valid_until=date(2028, 1, 1))
            evidence.record(new, by=None, now=NOW)
    with pytest.raises(AssertionError):
        newest_email("renewal-wanted", wren.id)


def test_a_forecast_that_was_made_again_meanwhile_invites_nobody(crew: Crew, tansy: Person) -> None:
    crew.evenings()
    wren_of(crew)
    old, _ = looked(), looked()
    with pytest.raises(Conflict):
        invite(old, tansy)
    assert db.session.query(RenewalInvitation).count() == 0


def test_the_page_invites_and_says_who_was_invited(
    crew: Crew, tansy: Person, otter: Person, client: FlaskClient, sign_in: SignIn
) -> None:
    crew.evenings("Board")
    crew.evenings("Chat")
    wren_of(crew)
    found = looked()
    sign_in(client, tansy)
    page = client.get("/cover/twelve-weeks").text
    assert "Invite both" in page
    assert "lapses after" in page
    assert "an assessor can renew" in page
    assert "Background check" not in page  # for people who see evidence only
    answer = client.post("/cover/twelve-weeks/invite", data={"forecast_id": found.id}, follow_redirects=True).text
    assert "Invited" in answer
    assert "Invite both" not in answer
    assert "Everybody was invited lately." in answer


def test_every_duty_that_somebody_may_ever_do_is_read_with_what_they_lack(crew: Crew, otter: Person) -> None:
    found = missing_ahead([otter.id], list(Duty), period(NOW, LONDON), NOW)[otter.id]
    assert found[Duty.HOST] == ()
    assert [each.evidence for each in found[Duty.MODERATOR]] == ["check:dbs-enhanced"]
    assert [each.evidence for each in found[Duty.LEAD]] == ["check:dbs-enhanced", "observed:lead"]
    assert Duty.ON_CALL not in found


def test_nobody_looks_ahead_twice_at_once_from_the_page(
    crew: Crew, tansy: Person, client: FlaskClient, sign_in: SignIn
) -> None:
    crew.evenings()
    sign_in(client, tansy)
    assert "We have not looked this far ahead yet." in client.get("/cover/twelve-weeks").text
    assert client.post("/cover/twelve-weeks/look").status_code == 302
    page = client.get("/cover/twelve-weeks").text
    assert "Waiting for a free worker" in page
    assert client.post("/cover/twelve-weeks/look").status_code == 409
    client.post("/cover/twelve-weeks/stop")
    assert "Stopping" in client.get("/cover/twelve-weeks").text
    assert forecasts.running() is not None
