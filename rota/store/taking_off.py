"""Taking one person off several published seats at once: one version for each rota."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from rota.store.assignments import current_assignments, lock_rota, new_version, reassign
from rota.store.models import ChangeReason, RotaVersion, VersionKind
from rota.store.seats import SeatRow


def take_off(
    person_id: int, seats: Iterable[SeatRow], *, kind: VersionKind, why: ChangeReason, by: int | None, now: datetime
) -> tuple[list[RotaVersion], list[SeatRow]]:
    """Empty those of these seats that the person still has; return the versions and the seats that were emptied.

    Rotas are locked in the order of their ids. Lock the person first. Tells nobody.
    """
    versions: list[RotaVersion] = []
    emptied: list[SeatRow] = []
    by_rota: dict[int, list[SeatRow]] = defaultdict(list)
    for seat in seats:
        by_rota[seat.rota_id].append(seat)
    for rota_id, on_rota in sorted(by_rota.items()):
        rota = lock_rota(rota_id)
        held = current_assignments([seat.id for seat in on_rota])
        still_held = [seat for seat in on_rota if seat.id in held and held[seat.id].person_id == person_id]
        if not still_held:
            continue
        details = {"person": person_id, "seats": [seat.id for seat in still_held], "why": why}
        version = new_version(rota, kind, by=by, now=now, details=details)
        for seat in still_held:
            reassign(seat.id, None, held=held[seat.id], version=version, why=why)
        versions.append(version)
        emptied += still_held
    return versions, emptied
