"""News: saying what changes and why, telling people, and who has read it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Row, Select, select

from app import audit, db
from app.outbox import queue
from app.people.models import Person, PersonState
from app.refusals import Invalid, NotFound
from progression.listening.models import LONGEST_PART_OF_NEWS, LONGEST_TITLE, News, NewsRead
from progression.listening.notices import NewsTold
from progression.notices import SEND_WITHIN
from progression.stages import Stage
from progression.standing import stages_of

TIME_TO_THINK = timedelta(minutes=15)  # before the e-mails go out, so that a slip can be taken down
SHOWN_FOR = timedelta(days=366)
MOST_SHOWN = 50


@dataclass(frozen=True, slots=True)
class NewNews:
    """News as its form holds them."""

    title: str
    why: str
    for_you: str
    asked: str
    from_stage: Stage


@dataclass(frozen=True, slots=True)
class NewsSeen:
    """News as one reader sees them."""

    news: News
    by: str
    read_at: datetime | None
    """When this reader said that they had read it."""


@dataclass(frozen=True, slots=True)
class WhoRead:
    """How many people news were for, and the names of those who have not said that they read them."""

    in_all: int
    not_yet: Sequence[str]


def announce(new: NewNews, *, by: Person, now: datetime) -> News:
    """Put news on the page at once; e-mails follow after a quarter of an hour. Refuses parts that are empty or long."""
    parts = {"title": new.title, "why": new.why, "for_you": new.for_you, "asked": new.asked}
    for field, words in parts.items():
        parts[field] = words.strip()
        if not parts[field] and field != "asked":
            raise Invalid("Write what changes, why, and what it means for the reader.", field=field)
        longest = LONGEST_TITLE if field == "title" else LONGEST_PART_OF_NEWS
        if len(parts[field]) > longest:
            raise Invalid(f"Please keep this under {longest:,} characters.", field=field)
    made = News(by_id=by.id, made_at=now, from_stage=new.from_stage, **parts)
    db.session.add(made)
    db.session.flush()
    audit.record("progression.news-announced", by=by.id, subject=f"news:{made.id}", now=now)
    return made


def take_down(news_id: int, *, by: Person, now: datetime) -> None:
    """Take news down: nobody reads them any more, and e-mails that wait are not sent. Twice counts once."""
    found = db.session.get(News, news_id, with_for_update={"key_share": True})
    if found is None:
        raise NotFound("There are no such news.")
    if found.taken_down_at is None:
        found.taken_down_at = now
        audit.record("progression.news-taken-down", by=by.id, subject=f"news:{news_id}", now=now)


def mark_read(person: Person, news_id: int, *, now: datetime) -> None:
    """Keep that somebody has read news; saying it twice counts once. Refuses news that are not for them as unknown."""
    db.lock_people([person.id])
    seen = one_for(person.id, news_id, now=now)
    if seen.read_at is None:
        db.session.add(NewsRead(news_id=news_id, person_id=person.id, read_at=now))


def news_for(person_id: int, *, now: datetime) -> Sequence[NewsSeen]:
    """The news of a year that are for a person, those not read yet first, then the newest."""
    query = _with_reader(person_id).where(News.made_at >= now - SHOWN_FOR).limit(MOST_SHOWN)
    rows = db.session.execute(query.order_by(NewsRead.read_at.is_not(None), News.id.desc())).all()
    stage = stages_of([person_id], now).get(person_id, Stage.USER)
    return [_seen(row) for row in rows if stage >= row.News.from_stage or row.News.by_id == person_id]


def one_for(person_id: int, news_id: int, *, now: datetime, may_see_all: bool = False) -> NewsSeen:
    """One of the news that are for a person, or any for those who write them. Refuses others as unknown."""
    row = db.session.execute(_with_reader(person_id).where(News.id == news_id)).one_or_none()
    if row is not None:
        is_theirs = may_see_all or row.News.by_id == person_id
        if is_theirs or stages_of([person_id], now).get(person_id, Stage.USER) >= row.News.from_stage:
            return _seen(row)
    raise NotFound("There are no such news. They may have been taken down.")


def who_read(news: News, now: datetime) -> WhoRead:
    """Who has said that they read news, of the active people they are for."""
    rows = db.session.execute(
        select(Person.id, Person.display_name, NewsRead.read_at)
        .outerjoin(NewsRead, (NewsRead.person_id == Person.id) & (NewsRead.news_id == news.id))
        .where(Person.state == PersonState.ACTIVE)
        .order_by(Person.display_name)
    ).all()
    stages = stages_of([row.id for row in rows], now)
    audience = [row for row in rows if stages.get(row.id, Stage.USER) >= news.from_stage]
    return WhoRead(len(audience), [row.display_name for row in audience if row.read_at is None])


def tell_people(now: datetime) -> None:
    """Queue one e-mail to everybody whom news are for and who has not read them, a quarter of an hour after."""
    waiting = select(News).where(
        News.told_at.is_(None), News.taken_down_at.is_(None), News.made_at <= now - TIME_TO_THINK
    )
    for news in db.session.scalars(waiting).all():
        news_id, by_id, due_at = news.id, news.by_id, news.made_at + TIME_TO_THINK
        for batch in queue.batches([each for each in _audience(news, now) if each != by_id]):
            with db.writing():
                for to in batch:
                    once = f"{NewsTold.kind}:{news_id}:{to}"
                    queue.enqueue(
                        NewsTold(news_id), to=to, once=once, now=now, deadline=now + SEND_WITHIN, due_at=due_at
                    )
        with db.writing():
            db.session.get_one(News, news_id).told_at = now


def _audience(news: News, now: datetime) -> Sequence[int]:
    active = db.session.scalars(select(Person.id).where(Person.state == PersonState.ACTIVE).order_by(Person.id)).all()
    stages = stages_of(active, now)
    return [each for each in active if stages.get(each, Stage.USER) >= news.from_stage]


def _with_reader(person_id: int) -> Select[News, str, datetime]:
    """News that stand, with who wrote them, and when this person read them."""
    return (
        select(News, Person.display_name.label("by"), NewsRead.read_at)
        .join(Person, Person.id == News.by_id)
        .outerjoin(NewsRead, (NewsRead.news_id == News.id) & (NewsRead.person_id == person_id))
        .where(News.taken_down_at.is_(None))
    )


def _seen(row: Row[News, str, datetime]) -> NewsSeen:
    return NewsSeen(row.News, row.by, row.read_at)
