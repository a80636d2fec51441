"""What people write down of others on a shift: who may, when it counts, and that the person reads it and answers."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient

from app import db
from app.people.models import Person, Role
from app.policies import documents, versions
from app.policies.plain_data import plain
from app.refusals import Invalid, NotAllowed
from progression import evidence, replies
from progression.duties import Duty
from progression.evidence import NotAboutYourself
from progression.ledger import facts_of_person
from progression.models import Evidence
from progression.observing import on_shift
from progression.observing.observation_forms import Mark, Variety, branches_not_here, forms_now
from rota.scheduling.cover_pattern import Need
from rota.store.seats import SeatRow
from tests.conftest import People, SignIn, clock_at
from tests.page_fields import hidden
from tests.progression.asking import asking, with_branch
from tests.rota.crew import Crew, seats
from tests.times import NOW, TODAY
from tests.training.emails import queued, words_of

AFTER = NOW + timedelta(days=5)  # the Tuesday after the shift of Monday
WORDS = "Asked first, twice, and was right both times."


@pytest.fixture
def team(crew: Crew) -> dict[str, Person]:
    """On Monday's shift: Marlow leads, Wren moderates, Robin shadows. Rook is on Tuesday's, without them."""
    team = {
        "Marlow": crew.lead("Marlow"),
        "Wren": crew.moderator("Wren"),
        "Robin": crew.peer("Robin"),
        "Rook": crew.moderator("Rook"),
    }
    crew.always_can(*team.values())
    return team


@pytest.fixture
def monday(crew: Crew, team: dict[str, Person]) -> dict[str, SeatRow]:
    """The seats of Monday by who has them."""
    needs = (Need(Duty.LEAD, 1, 1, 1), Need(Duty.MODERATOR, 1, 1, 1), Need(Duty.SHADOW, 0, 1, 1))
    rota = crew.rota(crew.evenings("Board", *needs))
    of_monday = dict(zip(("Marlow", "Wren", "Robin"), seats(rota)[:3], strict=True))
    for name, seat in of_monday.items():
        crew.give(rota, seat, team[name])
    crew.give(rota, seats(rota)[4], team["Rook"])
    crew.publish(rota)
    return of_monday


def writes(
    about: Person, seat: SeatRow, by: Person, *, mark: Mark = Mark.GOOD, note: str = WORDS, once: str | None = None
) -> Evidence:
    with db.writing():
        form = forms_now(AFTER).forms[seat.duty]
        marks = {question.key: mark for question in form.questions}
        return on_shift.record_on_shift(about, seat.id, marks, note=note, by=by, now=AFTER, once=once)


def test_the_lead_and_the_mentor_of_somebody_who_shadowed_may_write_about_them(
    team: dict[str, Person], monday: dict[str, SeatRow]
) -> None:
    may = {name: [each.seat.name for each in on_shift.observable_by(person, AFTER)] for name, person in team.items()}
    assert may == {"Marlow": ["Robin", "Wren"], "Wren": ["Robin"], "Robin": [], "Rook": []}
    made = writes(team["Robin"], monday["Robin"], team["Wren"])
    assert (made.key, made.facts["duty"], made.facts["time"], made.facts["channel"]) == (
        "shift",
        "shadow",
        "day",
        "board",
    )
    assert [row.person_id for row in queued("observation-written")] == [team["Robin"].id]
    assert [each.is_written for each in on_shift.observable_by(team["Wren"], AFTER)] == [True]


def test_nobody_else_writes_nor_about_themselves(
    people: People, team: dict[str, Person], monday: dict[str, SeatRow]
) -> None:
    with pytest.raises(NotAllowed):
        writes(team["Robin"], monday["Robin"], team["Rook"])
    with pytest.raises(NotAllowed):
        writes(team["Marlow"], monday["Marlow"], team["Wren"])
    with pytest.raises(NotAllowed):  # the seat is somebody else's
        writes(team["Robin"], monday["Wren"], team["Marlow"])
    with pytest.raises(NotAboutYourself):
        writes(team["Marlow"], monday["Marlow"], team["Marlow"])
    sable = people.person("Sable", roles=(Role.ASSESSOR,))
    assert writes(team["Marlow"], monday["Marlow"], sable).key == "lead"  # an assessor need not have been on it


@pytest.mark.parametrize(("mark", "key"), [(Mark.STRONG, "shift"), (Mark.NEEDS_WORK, "shift-not-counted")])
def test_it_counts_only_where_the_figures_of_the_form_are_met(
    team: dict[str, Person], monday: dict[str, SeatRow], mark: Mark, key: str
) -> None:
    assert writes(team["Wren"], monday["Wren"], team["Marlow"], mark=mark).key == key


def test_a_shift_on_which_little_was_seen_does_not_count(team: dict[str, Person], monday: dict[str, SeatRow]) -> None:
    made = writes(team["Wren"], monday["Wren"], team["Marlow"], mark=Mark.NOT_SEEN)
    assert not on_shift.counts_for_a_step(made.as_fact())


def test_of_one_person_only_so_many_by_the_same_observer_count(
    team: dict[str, Person], monday: dict[str, SeatRow]
) -> None:
    for _ in range(forms_now(AFTER).most_counted_by_one):
        with db.writing():
            new = evidence.NewEvidence(person_id=team["Wren"].id, kind="observed", key="shift", note=WORDS)
            evidence.record(new, by=team["Marlow"].id, now=NOW)
    made = writes(team["Wren"], monday["Wren"], team["Marlow"])
    assert (made.key, made.facts["outcome"]) == ("shift-not-counted", "passed")


@pytest.mark.parametrize(
    ("step_at", "days", "counts"),
    [
        (None, 0, False),
        (AFTER - timedelta(hours=1), 0, True),  # who led somebody to a step can look at their work again
        (None, 400, True),
    ],
)
def test_what_the_same_observer_saw_before_a_step_or_long_ago_leaves_room_for_more(
    team: dict[str, Person],
    monday: dict[str, SeatRow],
    crew: Crew,
    step_at: datetime | None,
    days: int,
    counts: bool,
) -> None:
    for _ in range(forms_now(AFTER).most_counted_by_one):
        with db.writing():
            at = monday["Wren"].starts_at - timedelta(days=days, hours=2)
            new = evidence.NewEvidence(
                person_id=team["Wren"].id, kind="observed", key="shift", happened_at=at, note=WORDS
            )
            evidence.record(new, by=team["Marlow"].id, now=AFTER)
    if step_at is not None:
        with db.writing():
            new = evidence.NewEvidence(
                person_id=team["Wren"].id, kind="sign-off", key="volunteer", happened_at=monday["Wren"].starts_at
            )
            evidence.record(new, by=crew.assessor.id, now=AFTER)
    assert on_shift.counts_for_a_step(writes(team["Wren"], monday["Wren"], team["Marlow"]).as_fact()) is counts


def test_people_in_a_branch_write_of_those_on_their_shift_where_the_policy_says_so(
    team: dict[str, Person], monday: dict[str, SeatRow], crew: Crew
) -> None:
    robin = team["Robin"]  # shadowed, and so wrote of nobody
    with asking(with_branch(signers=1)), db.writing():
        new = evidence.NewEvidence(person_id=robin.id, kind="branch", key="lead", note="Ready.")
        evidence.record(new, by=crew.assessor.id, now=NOW)
    named = forms_now(AFTER).model_copy(update={"branches": ("lead",)})
    kind = versions.kind_named("observation-forms")

    def may_write_of() -> list[str]:
        db.session.rollback()
        with documents.assuming(kind, named, holds_from=TODAY):
            return [each.seat.name for each in on_shift.observable_by(robin, AFTER)]

    assert may_write_of() == []  # the pathway of today has no such branch
    assert branches_not_here(named, AFTER) != []
    with db.writing():
        documents.write("pathway", plain(with_branch(signers=1)), holds_from=TODAY, why="Leads.", by=None, now=NOW)
    assert branches_not_here(named, AFTER) == []
    assert may_write_of() == ["Wren"]  # of the lead, assessors alone write
    with documents.assuming(kind, named, holds_from=TODAY):
        assert on_shift.observable(monday["Wren"].id, team["Wren"].id, robin, AFTER).seat.name == "Wren"
        with pytest.raises(NotAllowed):
            on_shift.observable(monday["Wren"].id, team["Wren"].id, team["Rook"], AFTER)
    with db.writing():
        evidence.record(
            evidence.NewEvidence(person_id=robin.id, kind="branch-left", key="lead"), by=robin.id, now=AFTER
        )
    assert may_write_of() == []


def test_an_assessor_who_was_not_there_finds_the_form_of_a_shift_beside_the_person(
    people: People, client: FlaskClient, sign_in: SignIn, team: dict[str, Person], monday: dict[str, SeatRow]
) -> None:
    wren, sable = team["Wren"], people.person("Sable", roles=(Role.ASSESSOR,))
    address = f"/sign-offs/{wren.id}/shifts/{monday['Wren'].id}"
    with clock_at(AFTER):
        as_sable = sign_in(client, sable)
        page = as_sable.get(f"/sign-offs/{wren.id}/observation").text
        assert f'href="{address}"' in page
        assert f"/shifts/{monday['Marlow'].id}" not in page  # nobody else’s seat
        assert "of one person, 2 by you count" in " ".join(as_sable.get(address).text.split())
    assert [each.seat.seat_id for each in on_shift.observable_of(wren.id, sable, AFTER)] == [monday["Wren"].id]


def test_who_wrote_enough_of_somebody_is_told_before_they_write_more(
    client: FlaskClient, sign_in: SignIn, team: dict[str, Person], monday: dict[str, SeatRow]
) -> None:
    for _ in range(2):
        with db.writing():
            new = evidence.NewEvidence(person_id=team["Wren"].id, kind="observed", key="shift", note=WORDS)
            evidence.record(new, by=team["Marlow"].id, now=NOW)
    with clock_at(AFTER):
        page = sign_in(client, team["Marlow"]).get(f"/sign-offs/{team['Wren'].id}/shifts/{monday['Wren'].id}").text
    assert "2 observations of yours of Wren count already" in " ".join(page.split())


def test_what_is_still_to_be_seen_stands_on_the_road_of_the_person_and_before_the_observer(
    client: FlaskClient, sign_in: SignIn, team: dict[str, Person], monday: dict[str, SeatRow]
) -> None:
    writes(team["Wren"], monday["Wren"], team["Marlow"])
    with clock_at(AFTER):
        assert "Still to be seen: a night and a live chat." in sign_in(client, team["Wren"]).get("/journey").text


def test_a_form_sent_twice_counts_once_and_a_second_one_is_refused(
    team: dict[str, Person], monday: dict[str, SeatRow]
) -> None:
    first = writes(team["Wren"], monday["Wren"], team["Marlow"], once="form:1:abcdefgh")
    assert writes(team["Wren"], monday["Wren"], team["Marlow"], once="form:1:abcdefgh").id == first.id
    with pytest.raises(Invalid, match="written about this shift already"):
        writes(team["Wren"], monday["Wren"], team["Marlow"])
    with pytest.raises(Invalid):
        writes(team["Robin"], monday["Robin"], team["Marlow"], note=" ")


def test_a_withdrawn_observation_can_be_written_again(team: dict[str, Person], monday: dict[str, SeatRow]) -> None:
    first = writes(team["Wren"], monday["Wren"], team["Marlow"])
    with db.writing():
        evidence.withdraw(first.id, by=team["Rook"].id, why="It was another evening.", now=AFTER)
    (row,) = queued("evidence-withdrawn")
    subject, text, _html = words_of(row)
    assert "Observed on a shift as moderator" not in subject  # a lock screen shows it
    assert "Observed on a shift as moderator" in text
    assert writes(team["Wren"], monday["Wren"], team["Marlow"]).id != first.id


def test_what_observations_have_not_shown_yet_is_said(team: dict[str, Person], monday: dict[str, SeatRow]) -> None:
    forms = forms_now(AFTER)
    assert on_shift.still_to_be_seen(facts_of_person(team["Wren"].id), forms) == []
    writes(team["Wren"], monday["Wren"], team["Marlow"])
    wanted = on_shift.still_to_be_seen(facts_of_person(team["Wren"].id), forms)
    assert wanted == [Variety.NIGHT, Variety.CHAT]


def test_the_form_is_on_my_shifts_and_the_person_reads_it_and_answers(
    client: FlaskClient, sign_in: SignIn, team: dict[str, Person], monday: dict[str, SeatRow]
) -> None:
    address = f"/sign-offs/{team['Robin'].id}/shifts/{monday['Robin'].id}"
    with clock_at(AFTER):
        as_wren = sign_in(client, team["Wren"])
        assert f'href="{address}"' in as_wren.get("/shifts").text
        old = as_wren.get(f"/sign-offs/{team['Robin'].id}/observation")
        assert old.headers["Location"] == address
        page = as_wren.get(address).text
        sent = {question.key: "good" for question in forms_now(AFTER).forms[Duty.SHADOW].questions}
        sent |= {"once": hidden(page, "once"), "note": ""}
        refused = as_wren.post(address, data=sent)
        assert refused.status_code == 422
        assert refused.text.count("checked") == len(sent) - 2  # nothing that was chosen is lost
        sent["note"] = WORDS
        for _ in range(2):
            answer = as_wren.post(address, data=sent, follow_redirects=True)
            assert "What you saw is recorded for Robin, who can read it." in answer.text
        (observed,) = [fact for fact in facts_of_person(team["Robin"].id) if fact.requirement == "observed:shift"]
        (row,) = queued("observation-written")
        for body in words_of(row, now=AFTER):
            assert WORDS not in body

        record = f"/journey/records/{observed.id}"
        as_robin = sign_in(client, team["Robin"])
        assert f'href="{record}"' in as_robin.get("/journey").text
        read = as_robin.get(record).text
        assert WORDS in read
        assert "Asks the mentor before acting" in read
        assert as_robin.post(record, data={"words": ""}).status_code == 422
        as_robin.post(record, data={"words": "I was unsure the second time."})
        assert [each.person_id for each in queued("record-answered")] == [team["Wren"].id]

        read = sign_in(client, team["Wren"]).get(record).text
        assert "I was unsure the second time." in read
        assert "Send my answer" not in read
        assert sign_in(client, team["Rook"]).get(record).status_code == 404


def test_an_answer_can_be_changed_and_taken_back_and_is_told_once(
    team: dict[str, Person], monday: dict[str, SeatRow]
) -> None:
    made = writes(team["Wren"], monday["Wren"], team["Marlow"])
    for words in ("Thank you.", "Thank you, I will."):
        with db.writing():
            replies.reply(team["Wren"], made.id, words, now=AFTER)
    assert len(queued("record-answered")) == 1
    with db.writing():
        replies.take_back(team["Wren"], made.id, now=AFTER)
        replies.take_back(team["Wren"], made.id, now=AFTER)
    assert replies.record_for(made.id, team["Wren"]).id == made.id
