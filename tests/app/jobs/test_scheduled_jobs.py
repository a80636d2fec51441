"""Scheduled jobs: each run happens once, however many workers there are."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import event

from app import clock, db
from app.jobs import scheduled_jobs
from app.jobs.scheduled_jobs import ScheduledJob, run_due
from tests.times import NOW

LONDON = ZoneInfo("Europe/London")
ran: list[datetime] = []
HOURLY = ScheduledJob("hourly", run=ran.append, every=timedelta(hours=1))


def _fail(now: datetime) -> None:
    ran.append(now)
    raise ValueError("a fault in the job")


@pytest.fixture(autouse=True)
def nothing_ran_yet() -> None:
    ran.clear()


@pytest.mark.both_databases
def test_a_run_happens_once_however_often_workers_look(app: Flask) -> None:
    with scheduled_jobs.jobs.override((HOURLY,)):
        assert run_due() == ["hourly"]
        assert run_due() == []
        clock.set_to(NOW + timedelta(hours=1))
        assert run_due() == ["hourly"]
    assert ran == [NOW, NOW + timedelta(hours=1)]


def test_a_worker_with_nothing_to_do_asks_once_for_all_jobs(app: Flask) -> None:
    many = [ScheduledJob(f"job {number}", run=ran.append, every=timedelta(hours=1)) for number in range(30)]
    with scheduled_jobs.jobs.override(many):
        run_due()
        asked: list[str] = []
        event.listen(db.extension.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
        assert run_due() == []
    assert len([statement for statement in asked if "tick_run" in statement]) == 1


@pytest.mark.both_databases
def test_a_failed_run_is_claimed_again_when_its_lease_expires(app: Flask) -> None:
    with scheduled_jobs.jobs.override((ScheduledJob("daily", run=_fail, daily_at=time(17, 0)),)):
        assert run_due() == []
        assert run_due() == []
        assert len(ran) == 1
        clock.set_to(NOW + scheduled_jobs.LEASE)
        run_due()
    assert len(ran) == 2


def test_a_daily_job_is_due_at_the_local_time_in_summer_and_in_winter() -> None:
    daily = ScheduledJob("daily", run=ran.append, daily_at=time(17, 0))
    assert daily.last_due(datetime(2027, 2, 18, 17, 0, tzinfo=UTC), LONDON) == datetime(2027, 2, 18, 17, tzinfo=UTC)
    assert daily.last_due(datetime(2027, 7, 18, 16, 0, tzinfo=UTC), LONDON) == datetime(2027, 7, 18, 16, tzinfo=UTC)
    assert daily.last_due(datetime(2027, 7, 18, 15, 59, tzinfo=UTC), LONDON) == datetime(2027, 7, 17, 16, tzinfo=UTC)


def test_no_job_may_run_in_the_hours_when_the_clocks_change() -> None:
    with pytest.raises(ValueError, match="clocks change"):
        ScheduledJob("at night", run=ran.append, daily_at=time(1, 30))


def test_the_domains_register_their_jobs_under_unique_names(app: Flask) -> None:
    names = [job.name for job in scheduled_jobs.jobs]
    assert "core: delete old attempt counts" in names
    assert len(names) == len(set(names))
    db.session.rollback()
