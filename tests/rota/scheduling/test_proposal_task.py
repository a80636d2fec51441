"""The solver's task: values as JSON in, a proposal as JSON out, progress in between."""

from __future__ import annotations

from typing import Any

from rota.planning import proposals
from rota.scheduling.proposal_task import run_task
from tests.rota.crew import Crew
from tests.times import NOW


def test_a_prepared_rota_becomes_a_proposal_that_can_be_sent_between_processes(crew: Crew) -> None:
    crew.always_can(crew.moderator("Wren"), crew.moderator("Teal"))
    rota = crew.rota(crew.evenings())
    prepared = proposals.prepare({"rota_id": rota.id, "seconds": 5}, NOW)
    news: list[dict[str, Any]] = []
    output = run_task({**prepared, "seed": 1}, news.append, lambda: False)
    assert len(output["plan"]) == 2
    assert news
