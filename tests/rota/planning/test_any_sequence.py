"""Whatever coordinators and people do one after another with a rota, in any order, it stays safe and told.

Each example draws a sequence of edits, locks, proposals, undone and redone steps, published and put back versions,
claims, shifts given back, leave, lapses and hours that pass. After each step the published rota is judged from the
tables and from what the test itself remembers; no rule of the product is asked.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from itertools import count

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from app import db
from app.refusals import Refusal
from app.trail import verification
from rota.shifts import releasing
from rota.store.models import Channel
from tests.examples import examples
from tests.rota.crew import Crew
from tests.rota.sequences import DRAFTED, SAID, act, begin, check, check_told

STEPS = st.lists(
    st.tuples(
        st.sampled_from((*DRAFTED, *SAID, "publish", "publish", "publish")), st.integers(0, 8), st.integers(0, 2)
    ),
    min_size=8,
    max_size=24,
)
START = [("give", 0, 0), ("propose", 0, 0), ("publish", 0, 0)]


def test_any_sequence_keeps_the_rota_within_its_rules_told_once_and_replayable(crew: Crew) -> None:
    channels: list[Channel] = []
    numbers = count()

    # Making a shorter sequence of one that fails would take minutes with a database.
    @settings(max_examples=examples(12), phases=(Phase.explicit, Phase.reuse, Phase.generate))
    @given(STEPS)
    def run(steps: list[tuple[str, int, int]]) -> None:
        week = begin(crew, channels, next(numbers))
        for step in [*START, *steps, ("publish", 0, 0)]:
            if step[0] == "hours pass":
                week.now += timedelta(hours=5 * (step[1] + 1))
            elif step[0] == "sweep":
                releasing.sweep(week.now)
            else:
                with suppress(Refusal), db.writing():
                    act(week, step)
            db.session.rollback()
            check(week)
        check_told(week)
        assert week.rota.version > 0, "nothing was published, so nothing was judged"

    run()
    assert list(verification.check()) == []
