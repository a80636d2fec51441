"""The time people really take: never more than the clock's, without idle time, and seen by nobody else."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app import db
from app.people.models import Person, Role
from tests.conftest import People, SignIn, clock_at
from tests.times import NOW
from tests.training.courses import do_exercises, install_shipped, install_small
from tests.training.reading import Reader
from training import learning, unit_time
from training.models import CourseVersion
from training.unit_time import IDLE_AFTER, counted_from

MINUTE = timedelta(minutes=1)


def begun(person: Person, code: str = "kindness", *, now: datetime = NOW) -> int:
    with db.writing():
        return learning.start(code, by=person, now=now).id


def count(person: Person, enrolment_id: int, opened: datetime, now: datetime, slug: str = "why") -> None:
    with db.writing():
        unit_time.count(enrolment_id, slug, opened, person_id=person.id, now=now)


@given(st.lists(st.tuples(st.integers(0, 3600), st.integers(0, 3600)), max_size=20))
def test_whatever_is_sent_the_time_never_exceeds_the_clock_s(pages: list[tuple[int, int]]) -> None:
    """Each page was opened at some second, and sent at another after it; in any order, in any tabs."""
    sent = sorted((max(first, last), min(first, last)) for first, last in pages)
    counted, until = timedelta(), None
    for at, opened in sent:
        now = NOW + timedelta(seconds=at)
        begins = counted_from(NOW + timedelta(seconds=opened), now, here=until, latest=until)
        assert now - begins <= IDLE_AFTER
        counted, until = counted + (now - begins), now
    first = min((opened for _at, opened in sent), default=0)
    assert counted <= timedelta(seconds=max((at for at, _ in sent), default=0) - first)


@pytest.mark.both_databases
def test_pages_sent_twice_or_from_two_tabs_count_each_minute_once(people: People, tmp_path: Path) -> None:
    install_small(tmp_path)
    wren = people.person("Wren")
    enrolment_id = begun(wren)
    for _twice in range(2):
        count(wren, enrolment_id, NOW, NOW + 4 * MINUTE)
    count(wren, enrolment_id, NOW + MINUTE, NOW + 6 * MINUTE, slug="story")
    assert unit_time.of_enrolment(enrolment_id) == {"why": 4, "story": 2}


def test_a_break_counts_as_the_longest_that_somebody_reads_and_no_more(people: People, tmp_path: Path) -> None:
    install_small(tmp_path)
    wren = people.person("Wren")
    enrolment_id = begun(wren)
    count(wren, enrolment_id, NOW, NOW + timedelta(hours=5))
    assert unit_time.of_enrolment(enrolment_id) == {"why": 15}


def test_nothing_counts_in_an_enrolment_of_somebody_else_or_for_a_page_from_before_it(
    people: People, tmp_path: Path
) -> None:
    install_small(tmp_path)
    wren, moss = people.person("Wren"), people.person("Moss")
    enrolment_id = begun(wren)
    count(moss, enrolment_id, NOW, NOW + MINUTE)
    count(wren, enrolment_id, NOW - MINUTE, NOW + MINUTE)
    count(wren, enrolment_id, NOW + 2 * MINUTE, NOW + MINUTE)
    assert unit_time.of_enrolment(enrolment_id) == {}


def test_a_median_is_shown_over_five_people_and_not_over_four(people: People, tmp_path: Path) -> None:
    install_small(tmp_path)
    (version_id,) = db.session.scalars(select(CourseVersion.id))
    for number, minutes in enumerate((2, 3, 5, 9), 1):
        _reads(people.person(f"Bird {number}"), minutes)
    assert unit_time.medians(version_id) == {}
    _reads(people.person("Bird five"), 14)
    assert unit_time.medians(version_id) == {"why": 5}


def _reads(person: Person, minutes: int) -> None:
    enrolment_id = begun(person)
    count(person, enrolment_id, NOW, NOW + minutes * MINUTE)
    with db.writing():
        learning.mark_read("kindness", "why", enrolment_id=enrolment_id, by=person, now=NOW + minutes * MINUTE)


def test_the_time_comes_from_the_pages_themselves_and_a_forged_one_counts_nothing(
    client: FlaskClient, people: People, sign_in: SignIn
) -> None:
    install_shipped()
    wren = people.person("Wren")
    enrolment_id = begun(wren, "conflict")
    first = learning.progress_in(wren, "conflict", now=NOW).pack.units[0].slug
    with db.writing():
        do_exercises(wren, first)
    reader = Reader(sign_in(client, wren)).open(f"/learning/conflict/{first}")
    form = reader.form("Next: ")
    with clock_at(NOW + 7 * MINUTE):
        client.post(form.action, data={**form.fields, "opened": form.fields["opened"][0] + "x"})
        assert unit_time.of_enrolment(enrolment_id) == {}
        client.post(form.action, data=form.fields)
        assert unit_time.of_enrolment(enrolment_id) == {first: 7}
        assert ", you took 7" in reader.open("/learning/conflict").text
    admin = people.person("Ada", roles=(Role.ADMIN,))
    assert "You took" not in Reader(sign_in(client, admin)).open(f"/learning/transcript/{wren.id}").text
