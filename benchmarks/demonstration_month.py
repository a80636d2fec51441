"""Plan what the demonstration leaves to plan, as a coordinator who asks for a proposal, and print the figures.

python -m benchmarks.demonstration_month --seconds 15
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from sqlalchemy import select

from app import clock, db, demonstration, migrating
from app.settings import Settings
from benchmarks.crowd import MONDAY, NOW
from rota.planning import proposals
from rota.planning.drafts import open_draft
from rota.scheduling.engine import solve
from rota.store.models import Rota
from wsgi import create_app


def main() -> None:
    """Load the demonstration into a database of its own and propose for each of its rotas that is not published."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=solve.DEFAULT_SECONDS)
    asked = parser.parse_args()
    basis = Settings.from_environment({"NIGHTLIGHT_ENV": "test", "NIGHTLIGHT_SECRET_KEY": "b" * 48})
    with tempfile.TemporaryDirectory() as kept:
        folder = Path(kept)
        here = replace(basis, database_url=f"sqlite:///{folder / 'month.db'}", mail_url=f"file:{folder}/mail")
        app = create_app(replace(here, keys=folder / "keys", var=folder))
        clock.set_to(NOW)
        with app.app_context():
            migrating.upgrade()
            demonstration.load(monday=MONDAY, now=NOW, say=lambda words: None)
            unpublished = select(Rota.id).where(Rota.version == 0, Rota.withdrawn_at.is_(None)).order_by(Rota.id)
            for rota_id in db.session.scalars(unpublished).all():
                print(json.dumps(_planned(rota_id, asked.seconds)), flush=True)


def _planned(rota_id: int, seconds: float) -> dict[str, object]:
    with db.writing():
        rota = db.session.get_one(Rota, rota_id)
        title, draft_id = rota.title, open_draft(rota, by=None, now=NOW).id
        prepared = proposals.prepare({"rota_id": rota_id, "draft_id": draft_id, "seconds": seconds}, NOW)
    started, began_work = time.monotonic(), time.process_time()
    output = solve.run_task(prepared, lambda _progress: None, lambda: False)
    return {
        "rota": title,
        "people": len(prepared["roster"]["people"]),
        **{key: output[key] for key in ("seats", "filled", "bound", "proved")},
        "stages": {stage["stage"]: [stage["value"], stage["bound"]] for stage in output["stages"]},
        "seconds": round(time.monotonic() - started, 1),
        "processor_seconds": round(time.process_time() - began_work, 1),
        "peak_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


if __name__ == "__main__":
    main()
