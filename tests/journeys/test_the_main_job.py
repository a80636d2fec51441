"""The main job, through pages only, as six people do it: from an invitation to the reminder of a shift."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pikepdf
import pytest
from icalendar import Calendar
from playwright.sync_api import Browser, BrowserContext, Locator, Page

from app.people.passwords import DEMONSTRATION
from app.settings import ROOT
from tests.databases import Databases
from tests.journeys import browser, learner
from tests.journeys.production_server import ProductionServer
from tests.journeys.running_server import LONGEST_WAIT, RunningServer, link_in, text_of
from training.pack import Lesson, Scenario
from training.pack_reader import read_pack

MONDAY = datetime(2027, 2, 15, tzinfo=UTC).date()  # the first of the demonstration’s weeks
NOW = datetime(2027, 2, 16, 10, 0, tzinfo=UTC)  # the Tuesday of that week
LONDON = ZoneInfo("Europe/London")
PASSWORD = "three calm green lanterns"
PACK = read_pack(ROOT / "training" / "courses" / "understanding-conflict")
SAFEGUARDING = read_pack(ROOT / "training" / "courses" / "safeguarding-essentials")


@dataclass
class Visitor:
    """One person with a browser of their own."""

    server: RunningServer
    context: BrowserContext
    page: Page

    def go(self, address: str) -> Page:
        self.page.goto(self.server.address + address)
        return self.page

    def sees(self, words: str) -> None:
        assert words in self.page.locator("main").inner_text(), f"“{words}” is not on {self.page.url}"

    def press(self, name: str) -> None:
        browser.press(self.page.get_by_role("button", name=name, exact=True))


class Story:
    """The people on one server. Each method is something that one of them does or sees."""

    def __init__(self, server: RunningServer, chromium: Browser) -> None:
        self.server = server
        self.chromium = chromium
        self.contexts: list[BrowserContext] = []

    def visitor(self, *, width: int = 1280) -> Visitor:
        context = browser.window(self.chromium, width=width)
        context.set_default_timeout(15_000)
        self.contexts.append(context)
        return Visitor(self.server, context, context.new_page())

    def signed_in(self, email: str, password: str = DEMONSTRATION, *, width: int = 1280) -> Visitor:
        someone = self.visitor(width=width)
        someone.go("/sign-in")
        someone.page.get_by_label("E-mail address").fill(email)
        someone.page.get_by_label("Password", exact=True).fill(password)
        someone.press("Sign in")
        return someone

    # ── becoming a volunteer ──

    def given_an_administrator_made_by_command_chooses_a_password(self) -> Visitor:
        said = self.server.command("people", "add", "--name", "Ada", "--email", "ada@demo.test", "--role", "admin")
        link = re.search(r"https?://\S+", said)
        assert link is not None
        assert link[0].startswith(self.server.address)
        ada = self.visitor()
        ada.page.goto(link[0])
        ada.page.get_by_label("New password", exact=True).fill(PASSWORD)
        ada.press("Save and sign in")
        ada.sees("Welcome, Ada.")
        return ada

    def when_the_administrator_invites_linden(self, ada: Visitor) -> None:
        ada.go("/people/add")
        ada.page.get_by_label("Display name").fill("Linden")
        ada.page.get_by_label("E-mail address").fill("linden@demo.test")
        ada.page.get_by_label("Legal name").fill("Linda Enright")
        for part, value in (("Day", "3"), ("Month", "4"), ("Year", "1999")):
            ada.page.get_by_label(part, exact=True).fill(value)
        ada.press("Add and invite")
        ada.sees("Linden has an account. An invitation is on its way.")

    def when_linden_takes_up_the_invitation(self) -> Visitor:
        email = self.server.email("linden@demo.test", "your account")
        linden = self.visitor(width=390)
        linden.go(link_in(email, "/welcome/"))
        linden.page.get_by_label("New password", exact=True).fill(PASSWORD)
        linden.press("Save and sign in")
        linden.sees("Welcome, Linden.")
        return linden

    def when_linden_agrees_to_the_code_of_conduct(self, linden: Visitor) -> None:
        linden.go("/journey")
        browser.press(linden.page.locator("main a[href$='/documents/code-of-conduct']").first)
        linden.press("I have read this and agree")

    def when_staff_sign_linden_off(self, to: str, *, reason: str) -> None:
        sable = self.signed_in("staff@demo.test")
        self._open_sign_off(sable)
        sable.page.get_by_role("radio", name="Sign off").check()
        sable.page.get_by_role("textbox", name="Your reason").fill(reason)
        sable.press("Record my decision")
        email = self.server.email("linden@demo.test", to)
        assert reason in text_of(email)

    def when_staff_record_an_observation(self, what: str) -> None:
        sable = self.signed_in("staff@demo.test")
        self._open_sign_off(sable)
        browser.press(learner.button_or_link(sable.page, "Record an observation"))
        sable.page.get_by_label(what).check()
        _fill_date(sable.page, "On which day", "15", "2", "2027")
        sable.page.get_by_label("In your words").fill("Kind, clear, and asked when it mattered.")
        sable.press("Record this observation")

    def when_staff_record_the_background_check(self) -> None:
        sable = self.signed_in("staff@demo.test")
        self._open_sign_off(sable)
        browser.press(learner.button_or_link(sable.page, "Record a background check"))
        sable.page.get_by_label("barred").first.check()
        sable.page.get_by_label("Children", exact=False).first.check()
        _fill_date(sable.page, "Issued on", "1", "2", "2027")
        _fill_date(sable.page, "You saw it on", "12", "2", "2027")
        sable.page.get_by_label("Last four characters of the certificate number").fill("0417")
        sable.page.get_by_label("Clear", exact=False).first.check()
        _fill_date(sable.page, "Next check due on", "1", "2", "2030")
        sable.press("Record this check")

    def _open_sign_off(self, sable: Visitor) -> None:
        sable.go("/people")
        sable.page.get_by_role("searchbox").fill("Linden")
        with sable.page.expect_navigation():
            sable.page.keyboard.press("Enter")
        browser.press(sable.page.get_by_role("link", name="Linden"))
        person = sable.page.url.rsplit("/", 1)[1]
        sable.go(f"/sign-offs/{person}")

    def when_linden_learns_and_resumes_on_another_device(self, linden: Visitor) -> None:
        linden.go("/learning/conflict")
        linden.press("Start the course")
        for unit in PACK.units:
            if isinstance(unit, Lesson):
                learner.read_the_lesson_and_go_on(linden.page)
            elif isinstance(unit, Scenario):
                learner.play_the_scenario(linden.page, unit)
                browser.press(learner.button_or_link(linden.page, "Next: "))
        linden.press("Start the questions")
        learner.answer_the_quiz(linden.page, learner.quiz_of(PACK), pause_after=2)
        elsewhere = self.signed_in("linden@demo.test", PASSWORD, width=1280)
        elsewhere.go("/")
        elsewhere.go("/learning/conflict")
        browser.press(learner.button_or_link(elsewhere.page, "Carry on"))
        browser.press(learner.button_or_link(elsewhere.page, "Carry on with question 3"))
        assert learner.answer_the_quiz(elsewhere.page, learner.quiz_of(PACK)) == 8
        elsewhere.sees("10 of 10 right")

    def when_linden_takes_safeguarding_essentials(self, linden: Visitor) -> None:
        linden.go("/learning/safeguarding")
        linden.press("Start the course")
        for unit in SAFEGUARDING.units:
            if isinstance(unit, Lesson):
                learner.read_the_lesson_and_go_on(linden.page)
            elif isinstance(unit, Scenario):
                learner.play_the_scenario(linden.page, unit)
                browser.press(learner.button_or_link(linden.page, "Next: "))
        linden.press("Start the questions")
        learner.answer_the_quiz(linden.page, learner.quiz_of(SAFEGUARDING))

    def then_linden_holds_a_certificate_that_anybody_can_check(self, linden: Visitor) -> None:
        email = self.server.email("linden@demo.test", "you passed")
        linden.go(link_in(email, "/certificates/"))
        linden.page.get_by_role("heading", name="Understanding conflict").wait_for()
        address = learner.button_or_link(linden.page, "Open the PDF").get_attribute("href")
        answer = linden.context.request.get(self.server.address + str(address))
        assert answer.ok
        with pikepdf.open(BytesIO(answer.body())) as pdf:
            assert "/MarkInfo" in pdf.Root
            assert "credential.json" in pdf.attachments
        check = linden.page.locator("main a[href*='/verify/']").first.get_attribute("href")
        stranger = self.visitor()
        stranger.page.goto(str(check))
        stranger.sees("valid")
        stranger.sees("Understanding conflict")
        assert "Enright" not in stranger.page.content()

    # ── being on the rota ──

    def when_linden_offers_times(self, linden: Visitor) -> None:
        linden.go("/shifts/availability")
        for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"):
            linden.page.get_by_label(day).check()
        form = linden.page.get_by_role("form", name="Add times I can")
        form.get_by_label("From").select_option("16:00")
        form.get_by_label("Until").select_option("23:00")
        linden.press("Add these times")
        linden.sees("16:00 to 23:00")

    def when_a_volunteer_goes_away_for_a_day(self) -> None:
        juniper = self.signed_in("volunteer@demo.test", width=390)
        juniper.go("/shifts/availability")
        form = juniper.page.get_by_role("form", name="Days away")
        _fill_date(form, "First day", "3", "3", "2027")
        _fill_date(form, "Last day", "3", "3", "2027")
        browser.press(form.get_by_role("button", name="Save these days away"))
        juniper.sees("Away")

    def when_the_coordinator_proposes_the_next_week(self) -> Visitor:
        tansy = self.signed_in("coordinator@demo.test")
        tansy.go("/rota")
        browser.press(tansy.page.get_by_role("link", name="1 to 28 March", exact=True))
        tansy.page.get_by_label("What to propose").select_option("week")
        tansy.press("Propose a rota")
        # The page reloads itself until the proposal is there.
        tansy.page.get_by_role("button", name="Propose again").wait_for(timeout=LONGEST_WAIT * 1000)
        tansy.sees("All other seats were left as they were.")
        return tansy

    def when_the_coordinator_gives_linden_a_seat_by_hand(self, tansy: Visitor) -> str:
        """Open one seat after another until one can be given to Linden; return the day and time of its shift."""
        seats = tansy.page.locator("table a[href*='seat=']")
        evenings = [link for link in seats.all() if "moderator" in link.inner_text()]
        for address in [str(link.get_attribute("href")) for link in evenings]:
            tansy.go(address)
            give = tansy.page.get_by_role("button", name="Give to Linden", exact=True)
            if give.count():
                when = tansy.page.locator("#seat p").first.inner_text()
                browser.press(give)
                tansy.page.locator("section[aria-labelledby='has-h']", has_text="Linden").wait_for()
                return when.split(" to ")[0]
        raise AssertionError("no seat of this week is offered to Linden")

    def when_the_coordinator_publishes(self, tansy: Visitor) -> None:
        browser.press(learner.button_or_link(tansy.page, "Review and publish"))
        browser.unfold(tansy.page.get_by_text("New shifts ("))
        tansy.sees("Linden")
        gaps = tansy.page.get_by_label("I have", exact=False)
        if gaps.count():
            gaps.check()
        browser.press(learner.button_or_link(tansy.page, "Publish and tell"))
        tansy.sees("published")

    def then_linden_gets_an_email_and_sees_the_shift_in_their_calendar(self, linden: Visitor, when: str) -> datetime:
        """Return when Linden's first shift begins."""
        email = self.server.email("linden@demo.test", "rota 1 to 28 March")
        day, time = when.split(", ")
        assert time in text_of(email)
        linden.go("/shifts")
        linden.sees("Your next shift")
        linden.go("/shifts/calendar")
        linden.press("Make my address")
        address = linden.page.get_by_label("Copy it now").input_value()
        feed = linden.context.request.get(self.server.address + urlsplit(address).path)
        assert feed.ok
        events = Calendar.from_ical(feed.text()).walk("VEVENT")
        starts = {event.decoded("dtstart").astimezone(LONDON) for event in events}
        assert f"{day}, {time}" in {f"{at:%a} {at.day} {at:%b}, {at:%H:%M}" for at in starts}
        assert "Linden" not in feed.text()
        first: datetime = min(starts)
        return first

    def then_linden_is_reminded_two_days_and_two_hours_before(self, starts_at: datetime) -> None:
        self.server.set_clock(starts_at - timedelta(hours=47))
        assert f"{starts_at:%H:%M}" in text_of(self.server.email("linden@demo.test", "your shift on"))
        self.server.set_clock(starts_at - timedelta(minutes=110))
        self.server.email("linden@demo.test", "your shift begins at")

    def when_linden_cannot_make_it_cover_is_asked_for_and_the_coordinator_gets_an_email(self) -> None:
        linden = self.signed_in("linden@demo.test", PASSWORD, width=390)
        linden.go("/shifts")
        browser.press(learner.button_or_link(linden.page, "I can’t make it").first)
        linden.press("Ask for cover")
        linden.sees("still yours until somebody takes it")
        self.server.email("coordinator@demo.test", "Cover wanted")
        tansy = self.signed_in("coordinator@demo.test")
        tansy.go("/cover")
        tansy.sees("Board")

    def then_a_peer_sees_only_what_is_theirs(self) -> None:
        otter = self.signed_in("peer@demo.test", width=390)
        for closed in ("/rota", "/people", "/sign-offs", "/admin"):
            answer = otter.page.goto(self.server.address + closed)
            assert answer is not None
            assert answer.status == 403, closed
        otter.go("/shifts")
        otter.sees("When I can")


def _fill_date(page: Page | Locator, legend: str, day: str, month: str, year: str) -> None:
    group = page.get_by_role("group", name=legend)
    group.get_by_label("Day").fill(day)
    group.get_by_label("Month").fill(month)
    group.get_by_label("Year").fill(year)


@pytest.fixture
def server(databases: Databases, database_kind: str, tmp_path: Path) -> Iterator[RunningServer]:
    """On SQLite what `./run` starts; on PostgreSQL what `deploy/` describes, over HTTPS."""
    with databases.sqlite() if database_kind == "sqlite" else databases.postgresql() as address:
        server = (RunningServer if database_kind == "sqlite" else ProductionServer)(tmp_path, address, now=NOW)
        server.command("demo", "--on", MONDAY.isoformat())
        if isinstance(server, ProductionServer):
            server.become_production()
        try:
            server.start()
            yield server
        finally:
            server.stop()


@pytest.fixture
def story(server: RunningServer, chromium: Browser) -> Iterator[Story]:
    story = Story(server, chromium)
    yield story
    for context in story.contexts:
        context.close()


@pytest.mark.browser
@pytest.mark.both_databases
def test_a_newcomer_becomes_a_volunteer_and_is_on_the_rota(story: Story, server: RunningServer) -> None:
    story.when_the_administrator_invites_linden(story.given_an_administrator_made_by_command_chooses_a_password())
    linden = story.when_linden_takes_up_the_invitation()
    story.when_linden_agrees_to_the_code_of_conduct(linden)
    story.when_staff_record_an_observation("welcome talk")
    story.when_staff_sign_linden_off("peer", reason="A warm talk, and clear about what peers do.")
    linden = story.signed_in("linden@demo.test", PASSWORD, width=390)
    story.when_linden_learns_and_resumes_on_another_device(linden)
    story.then_linden_holds_a_certificate_that_anybody_can_check(linden)
    story.when_linden_takes_safeguarding_essentials(linden)
    story.when_staff_record_an_observation("Observed on a shift")
    story.when_staff_record_the_background_check()
    story.when_staff_sign_linden_off("volunteer", reason="Calm and kind on a busy night.")
    linden = story.signed_in("linden@demo.test", PASSWORD, width=390)
    story.when_linden_offers_times(linden)
    story.when_a_volunteer_goes_away_for_a_day()
    tansy = story.when_the_coordinator_proposes_the_next_week()
    when = story.when_the_coordinator_gives_linden_a_seat_by_hand(tansy)
    story.when_the_coordinator_publishes(tansy)
    first_shift = story.then_linden_gets_an_email_and_sees_the_shift_in_their_calendar(linden, when)
    story.then_linden_is_reminded_two_days_and_two_hours_before(first_shift)
    story.when_linden_cannot_make_it_cover_is_asked_for_and_the_coordinator_gets_an_email()
    story.then_a_peer_sees_only_what_is_theirs()
    assert "unbroken" in server.command("audit", "verify")
    if isinstance(server, ProductionServer):
        assert server.faults_of_the_front() == []
    assert server.logged_errors() == []
