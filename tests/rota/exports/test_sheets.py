"""The rota as it is printed."""

from __future__ import annotations

import csv
from datetime import date, time

from flask.testing import FlaskClient

from app import db
from app.people.models import Role
from progression.duties import Duty
from rota.exports.periods import period_called, week_of
from rota.exports.sheet_pdf import Paper
from rota.exports.sheets import call_sheet, weeks_of
from rota.planning import bank_holidays
from rota.planning.bank_holidays import Rules
from rota.scheduling.cover_pattern import Need
from rota.scheduling.special_days import SpecialKind
from tests.conftest import SignIn
from tests.pdf_text import text_of_pdf
from tests.rota.crew import LONDON, MONDAY, Crew, seats
from tests.times import NOW

SPRING = date(2027, 3, 27)
SAINT_PATRICK = date(2027, 3, 17)


def test_a_week_is_a_table_of_times_by_day(crew: Crew) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    rota, _ = crew.published(wren)
    (week,) = weeks_of(week_of(MONDAY), seats(rota), LONDON, {})
    (row,) = week.rows
    assert (row.channel, row.starts, row.ends, len(row.shifts)) == ("Board", "18:00", "22:00", 7)
    assert [[place.who for shift in day for place in shift.places] for day in row.shifts[:3]] == [["Wren"], [None], []]


def test_a_month_has_each_week_that_has_shifts_and_says_how_long_a_spring_night_lasts(crew: Crew) -> None:
    channel = crew.evenings("Night", Need(Duty.MODERATOR, 1, 2, 2), starts=time(22), ends=time(6))
    rota = crew.rota(channel, starts_on=SPRING, days=2)
    month = weeks_of(period_called("2027-03", today=MONDAY), seats(rota), LONDON, {})
    (row,) = month[0].rows
    assert [[shift.note for shift in day] for day in row.shifts[5:]] == [["7 hours"], [None]]
    assert len(month) == 1


def test_the_call_sheet_has_each_day_in_order_of_time(crew: Crew) -> None:
    evening, night = crew.evenings(), crew.nights()
    rota = crew.rota(night, evening, days=1)
    (day,) = call_sheet(week_of(MONDAY), seats(rota), LONDON, {})
    assert [(shift.channel, shift.starts) for shift in day.shifts] == [("Board", "18:00"), ("Night chat", "22:00")]


def test_a_bank_holiday_of_one_nation_is_on_paper_and_in_the_table_of_its_channel_alone(
    crew: Crew, client: FlaskClient, sign_in: SignIn
) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    belfast, leeds = crew.evenings("Belfast"), crew.evenings("Leeds")
    with db.writing():
        rules = Rules(("GB-NIR",), SpecialKind.AS_SUNDAY)
        bank_holidays.choose_for_channel(belfast, rules, by=crew.assessor.id, now=NOW)
    rota = crew.rota(belfast, leeds, starts_on=SAINT_PATRICK, days=2)
    crew.give(rota, seats(rota)[0], wren)
    crew.publish(rota)
    sign_in(client, crew.people.person("Tansy", roles=(Role.COORDINATOR,)))
    period, words = f"of={SAINT_PATRICK.isoformat()}", "Saint Patrick's Day"
    for paper in ("call-sheet", "rota"):
        assert text_of_pdf(client.get(f"/rota/out/{paper}.pdf?{period}").data).count("Patrick's") == 1
    rows = csv.DictReader(client.get(f"/rota/out/rota.csv?{period}").data.decode("utf-8-sig").splitlines())
    special = [(row["Channel"], row["Day"], row["Special day"]) for row in rows if row["Special day"]]
    assert special == [("Belfast", SAINT_PATRICK.isoformat(), f"{words}, like a Sunday")]


def test_the_papers_print_names_in_every_script(crew: Crew, client: FlaskClient, sign_in: SignIn) -> None:
    fox = crew.moderator("李小龙 🦊", email="fox@example.org")
    crew.always_can(fox)
    crew.published(fox)
    sign_in(client, crew.people.person("Tansy", roles=(Role.COORDINATOR,)))
    for name in (*(f"rota.pdf?paper={paper}&" for paper in Paper), "call-sheet.pdf?"):
        answer = client.get(f"/rota/out/{name}of={MONDAY.isoformat()}")
        assert answer.mimetype == "application/pdf"
        text = text_of_pdf(answer.data)
        assert "李小龙" in text
        assert "🦊" in text
        assert "empty" in text
        assert "Times of Europe/London" in text
