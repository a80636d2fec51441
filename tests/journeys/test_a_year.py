"""One person's year, in the browser, with the clock moved: from the invitation to the goodbye, and each e-mail read.

Robin joins, looks round, learns, shadows, is observed by the lead, applies, gets two signatures, works, commits to
less, needs support, comes back, lets a course lapse, refreshes it, leads, and leaves. What other stories show in the
browser already (publishing a rota, a background check, a welcome talk) happens through the use cases.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from app import clock, db
from app.people import sessions
from app.people.models import Person, Role
from app.people.request_session import cookie_name
from app.policies import documents
from progression.duties import Duty
from progression.evidence import NewEvidence, record
from progression.stages import Stage
from rota.planning import drafts, new_rota, publishing
from rota.scheduling.cover_pattern import Need
from rota.store.models import Rota
from tests.conftest import PASSWORD, People
from tests.journeys import browser as real
from tests.journeys import learner, worker
from tests.journeys.conftest import Window
from tests.progression import bringing
from tests.progression.facts import SHIPPED_PATHWAY
from tests.rota.crew import LONDON, LONG_AGO, Crew, seats
from tests.times import NOW
from tests.training.courses import install_small

pytestmark = pytest.mark.browser

ADDRESS = "robin@example.org"
SHADOWED, WORKED, LEFT_OUT, LED = date(2027, 3, 8), date(2027, 4, 12), date(2027, 5, 17), date(2028, 3, 13)
LAST_DAY = date(2028, 3, 20)
MOMENT = timedelta(minutes=1)


def on(day: date, hour: int = 10) -> datetime:
    """An hour of a day on the clocks of London."""
    return clock.local(LONDON, day.year, day.month, day.day, hour)


class Year:
    """The organisation, the people round Robin, and the pages of each."""

    def __init__(self, people: People, window_of: Window, address: str, folder: Path) -> None:
        self.crew, self.window_of, self.address = Crew(people), window_of, address
        self.pages: dict[int, Page] = {}
        self.unread_from = 0
        self.ada = people.person("Ada", roles=(Role.ADMIN,))
        self.sable, self.tove = (people.person(name, roles=(Role.ASSESSOR,)) for name in ("Sable", "Tove"))
        self.tansy = people.person("Tansy", roles=(Role.COORDINATOR,))
        self.course = install_small(folder / "kindness")
        self.marlow, self.wren = self.crew.lead("Marlow"), self.crew.moderator("Wren")
        self.asks_for_a_course_of_a_year_and_two_signatures()
        needs = [Need(duty, 0, 1, 1) for duty in (Duty.LEAD, Duty.MODERATOR, Duty.SHADOW)]
        self.board = self.crew.evenings("Board", *needs)
        self.robin = people.person("Nobody yet")

    def asks_for_a_course_of_a_year_and_two_signatures(self) -> None:
        """The pathway: the shipped one, with the small course, which lasts a year, and two signers of a volunteer."""
        text = SHIPPED_PATHWAY.model_dump(mode="json")
        text["requirements"]["conflict"] |= {"evidence": "training:kindness", "title": "Being kind"}
        text["signing"] = {"volunteer": {"signers": 2}}
        with db.writing():
            documents.write("pathway", text, holds_from=LONG_AGO.date(), why="Ours.", by=None, now=LONG_AGO)
            for each in (self.marlow, self.wren):
                record(NewEvidence(person_id=each.id, kind="training", key="kindness"), by=None, now=LONG_AGO)

    # ── time, pages and e-mails ──

    def at(self, instant: datetime) -> None:
        """Move the clock, and let the worker do what is due."""
        clock.set_to(instant)
        worker.work_at(instant)

    def page_of(self, person: Person, path: str) -> Page:
        """Open a page as somebody who has just signed in, on a phone."""
        page = self.pages.get(person.id) or self.window_of(width=390).new_page()
        self.pages[person.id] = page
        with db.writing():
            token = sessions.start(db.session.get_one(Person, person.id), device="A telephone", now=clock.now())
        page.context.add_cookies([{"name": cookie_name(), "value": token, "url": self.address}])
        page.goto(self.address + path)
        return page

    def journey(self) -> Page:
        return self.page_of(self.robin, "/journey")

    def reads(self, subject: str, *words: str) -> str:
        """Robin reads the next e-mail, whose subject begins so and which says all of this; return its text."""
        text = text_of(self.next_email(subject))
        missing = [each for each in words if each not in text]
        assert not missing, f"{missing} is not in the e-mail:\n{text}"
        return text

    def next_email(self, subject: str) -> EmailMessage:
        unread = worker.emails_to(ADDRESS)[self.unread_from :]
        subjects = [str(each["Subject"]).strip() for each in unread]
        assert subjects, f"there is no e-mail “{subject}”"
        assert subjects[0].startswith(subject), subjects
        self.unread_from += 1
        return unread[0]

    def last_email_to(self, person: Person, subject: str) -> str:
        """The newest e-mail to somebody else, whose subject begins so; return its text."""
        newest = worker.emails_to(f"{person.display_name.lower()}@example.org")[-1]
        assert str(newest["Subject"]).strip().startswith(subject), newest["Subject"]
        return text_of(newest)

    def has_read_everything(self) -> None:
        assert worker.subjects_to(ADDRESS)[self.unread_from :] == []

    def publishes(self, day: date, who: Mapping[Duty, Person]) -> Rota:
        """A rota of one evening on which these people have the seats."""
        now, by = clock.now(), self.tansy.id
        with db.writing():
            rota = new_rota.make_rota(f"{day:%B}", day, day, [self.board.id], by=by, now=now)
        by_duty = {seat.duty: seat.id for seat in seats(rota)}
        with db.writing():
            for duty, person in who.items():
                drafts.assign(rota, by_duty[duty], person.id, by=by, now=now, reason="")
            publishing.publish(rota.id, by=by, now=now, gaps_read=True)
        self.at(now + MOMENT)
        return rota


def text_of(email: EmailMessage) -> str:
    body = email.get_body(("plain",))
    assert body is not None
    return " ".join(body.get_content().split())


def path_in(text: str, begins: str) -> str:
    """The path of the link in an e-mail that begins so."""
    parts = [urlsplit(link.rstrip(".,)")) for link in re.findall(r"https?://\S+", text)]
    return next(f"{each.path}?{each.query}".rstrip("?") for each in parts if each.path.startswith(begins))


def fill_date(within: Page | Locator, day: date) -> None:
    for part, number in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
        within.get_by_label(part, exact=True).fill(str(number))


def sees(page: Page, *words: str) -> None:
    for each in words:
        expect(page.get_by_text(each).first).to_be_visible()


# ── the year ──


def joins(year: Year) -> None:
    page = year.page_of(year.ada, "/people/add")
    page.get_by_label("Display name").fill("Robin")
    page.get_by_label("E-mail address").fill(ADDRESS)
    page.get_by_label("Legal name").fill("Robin Enright")
    fill_date(page, date(1999, 4, 3))
    real.press(page.get_by_role("button", name="Add and invite"))
    year.at(NOW + MOMENT)
    text = year.reads("Your account at", "Hello Robin", "Ada has made an account for you", "The link works once")
    year.robin = db.session.scalars(select(Person).where(Person.display_name == "Robin")).one()
    year.pages[year.robin.id] = theirs = year.window_of(width=390).new_page()
    theirs.goto(year.address + path_in(text, "/welcome/"))
    theirs.get_by_label("New password", exact=True).fill(PASSWORD)
    real.press(theirs.get_by_role("button", name="Save and sign in"))
    sees(theirs, "Welcome, Robin.")


def looks_round_and_becomes_a_peer(year: Year) -> None:
    page = year.journey()
    sees(page, "0 of 2 things are done for the next step", "The code of conduct")
    real.press(page.locator("main a[href$='/documents/code-of-conduct']").first)
    real.press(page.get_by_role("button", name="I have read this and agree"))
    sees(year.journey(), "1 of 2 things is done for the next step")
    now = clock.now()
    bringing.is_observed(year.robin, "welcome-talk", by=year.ada, now=now)
    bringing.is_signed_off(year.robin, Stage.PEER, by=year.sable, now=now)
    year.at(now + MOMENT)
    year.reads("You are a peer now", "Hello Robin", "Sable", "Ready, and glad to be.")


def takes_the_course(year: Year, page: Page, begin: str) -> None:
    real.press(page.get_by_role("button", name=begin))
    learner.read_the_lesson_and_go_on(page)
    learner.play_the_scenario(page, learner.scenario_of(year.course))
    real.press(learner.button_or_link(page, "Next: "))
    real.press(learner.button_or_link(page, "Start the questions"))
    learner.answer_the_quiz(page, learner.quiz_of(year.course))
    year.at(clock.now() + MOMENT)
    year.reads("You passed: Being kind", "Hello Robin", "/certificates/")


def learns(year: Year) -> None:
    takes_the_course(year, year.page_of(year.robin, "/learning/kindness"), "Start the course")
    bringing.passes_safeguarding(year.robin, now=clock.now())


def shadows(year: Year) -> None:
    year.crew.always_can(year.marlow, year.wren, year.robin)
    year.publishes(SHADOWED, {Duty.LEAD: year.marlow, Duty.MODERATOR: year.wren})
    page = year.page_of(year.robin, "/shifts")
    real.press(page.get_by_role("button", name="Take it").first)
    year.at(clock.now() + MOMENT)
    year.reads("Your shift: Board, Mon 8 Mar, 18:00", "Hello Robin")
    sees(year.page_of(year.robin, "/"), "Your next shift", "Board")


def is_observed_by_the_lead(year: Year) -> None:
    year.at(on(SHADOWED + timedelta(days=1)))
    page = year.page_of(year.marlow, "/shifts")
    real.press(page.get_by_role("region", name="Write down what you saw").get_by_role("link", name="Robin"))
    for mark in page.get_by_label("Good", exact=True).all():
        mark.check()
    page.get_by_role("textbox").fill("Read everything first, and asked before acting.")
    real.press(page.locator("form button[type=submit], form input[type=submit]").last)
    year.at(clock.now() + MOMENT)
    text = year.reads("Marlow wrote down what they saw of you", "Hello Robin")
    page = year.page_of(year.robin, path_in(text, "/journey"))
    sees(page, "Read everything first, and asked before acting.")
    page.get_by_role("textbox").fill("Thank you. I was glad of you.")
    real.press(page.get_by_role("button", name="Send my answer"))
    sees(page, "I was glad of you.")


def applies(year: Year) -> None:
    bringing.is_checked(year.robin, by=year.ada, now=clock.now())
    page = year.page_of(year.robin, "/journey/application")
    sees(page, "Everything this step asks for is there.")
    page.get_by_role("textbox").fill("I know the boards, and I would like to give something back.")
    real.press(page.get_by_role("button", name="Send my application"))
    year.at(clock.now() + MOMENT)
    assert "give something back" not in year.last_email_to(year.tove, "Robin applies to be a volunteer")


def gets_two_signatures(year: Year) -> None:
    for who, reason in ((year.sable, "Calm and kind on a busy night."), (year.tove, "I agree with Sable.")):
        page = year.page_of(who, f"/sign-offs/{year.robin.id}")
        sees(page, "I would like to give something back.")
        page.get_by_role("radio", name="Sign").check()
        page.get_by_role("textbox", name="Your reason").fill(reason)
        real.press(page.get_by_role("button", name="Record my decision"))
        year.at(clock.now() + MOMENT)
        if who is year.sable:
            year.last_email_to(year.tove, "Robin: another signature is wanted")
            year.reads("One signature for your step to volunteer", "Hello Robin", "Sable")
            sees(year.journey(), "Your application")
    year.reads("You are a volunteer now", "Hello Robin", "Tove", "I agree with Sable.")


def works(year: Year) -> None:
    year.at(on(WORKED - timedelta(days=14)))
    year.publishes(WORKED, {Duty.LEAD: year.marlow, Duty.MODERATOR: year.robin})
    year.reads("Your shifts on the rota April", "Hello Robin", "Mon 12 Apr")
    year.at(on(WORKED + timedelta(days=1)))
    sees(year.journey(), "since 18 February 2027", "What you have given", "2 shifts", "Your first shift")


def commits_to_less(year: Year) -> None:
    page = year.journey()
    sees(page, "Light touch is about 2 shifts in a month")
    real.press(page.get_by_role("link", name="Choose what is right for you"))
    assert real.faults_in_every_view(page) == []
    page.get_by_role("radio", name="Light touch").check()
    real.press(page.get_by_role("button", name="Save"))
    sees(year.journey(), "In April: 1 shift worked, 0 to come.")
    planning = year.page_of(year.tansy, f"/people/{year.robin.id}")
    sees(planning, "They chose light touch: about 2 shifts in a month.")


def needs_support(year: Year) -> None:
    year.at(on(LEFT_OUT - timedelta(days=14)))
    year.publishes(LEFT_OUT, {Duty.LEAD: year.marlow, Duty.MODERATOR: year.robin})
    year.reads("Your shifts on the rota May", "Mon 17 May")
    page = year.journey()
    real.press(page.get_by_role("link", name="I need support myself"))
    page.get_by_label("Whom we tell").select_option(label="Sable")
    real.press(page.get_by_role("button", name="I need support: pause, and tell them"))
    year.at(clock.now() + MOMENT)
    year.reads("You are down as away until you come back", "Nobody asks why.", "Mon 17 May")
    assert "Robin" in year.last_email_to(year.sable, "Robin would be glad to hear from you")
    planners = year.last_email_to(year.tansy, "Open again: Board")
    assert "Robin can't make this shift" in planners
    assert "support" not in planners


def comes_back(year: Year) -> None:
    year.at(clock.now() + timedelta(days=5))
    page = year.journey()
    real.press(page.get_by_role("button", name="I am back"))
    sees(page, "Welcome back.", "1 shift is yours again.")
    year.at(clock.now() + MOMENT)
    year.reads("Your shifts are yours again", "Hello Robin", "Mon 17 May")


def lets_a_course_lapse(year: Year) -> None:
    ends = date(2028, 2, 18)
    for days in (60, 30, 7):
        year.at(on(ends - timedelta(days=days)))
        year.reads(
            "“Being kind” lasts until 18 February 2028", "Hello Robin", "/learning/kindness", "pause for a while"
        )
    year.at(on(ends + timedelta(days=1)))
    sees(year.journey(), "Your way back", "Being kind")


def refreshes_it(year: Year) -> None:
    page = year.journey()
    real.press(page.get_by_role("region", name="Your way back").get_by_role("button", name="Open “Being kind”"))
    takes_the_course(year, page, "Start the refresher")
    expect(year.journey().get_by_text("Your way back")).to_have_count(0)


def leads(year: Year) -> None:
    bringing.is_observed(year.robin, "lead", by=year.sable, now=clock.now())
    year.at(on(LED - timedelta(days=10)))
    year.publishes(LED, {Duty.LEAD: year.robin, Duty.MODERATOR: year.wren})
    year.reads("Your shifts on the rota March", "Mon 13 Mar")
    year.at(on(LED, hour=19))
    sees(year.page_of(year.robin, "/duty"), "lead")


def leaves(year: Year) -> None:
    year.at(on(LED + timedelta(days=1)))
    page = year.journey()
    real.press(page.get_by_role("link", name="Leave "))
    assert real.faults_in_every_view(page) == []
    fill_date(page, LAST_DAY)
    real.press(page.get_by_role("button", name="This is my last day"))
    sees(page, "20 March 2028.", "I would rather stay")
    year.at(clock.now() + MOMENT)
    year.reads(
        "Your last day is Monday 20 March", "Nobody asks why", "/shifts/statement", "take it back until the day is over"
    )
    year.last_email_to(year.tansy, "Robin leaves: last day Monday 20 March")
    year.at(on(LAST_DAY, hour=23))
    sees(year.journey(), "Your last day")
    year.at(clock.ends(LAST_DAY, LONDON) + MOMENT)
    year.reads("Thank you, and goodbye for now", "Hello Robin", "Your account is closed.", "come back", "/privacy")
    page.goto(year.address + "/journey")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_a_year_from_the_invitation_to_the_goodbye(
    people: People, window_of: Window, address: str, tmp_path: Path
) -> None:
    year = Year(people, window_of, address, tmp_path)
    for station in (
        joins,
        looks_round_and_becomes_a_peer,
        learns,
        shadows,
        is_observed_by_the_lead,
        applies,
        gets_two_signatures,
        works,
        commits_to_less,
        needs_support,
        comes_back,
        lets_a_course_lapse,
        refreshes_it,
        leads,
        leaves,
    ):
        station(year)
        year.has_read_everything()
