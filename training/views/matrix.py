"""Who has learned what, for those who teach: the matrix, its table, and reminding people."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar

from flask import Response, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app import clock, db
from app.pages import asked
from app.pages.safe_redirect import safe_return
from app.people.models import Role
from app.permissions import current_person, may, requires
from progression.stages import Stage
from training import catalogue
from training.permissions import TrainingPermission
from training.teaching import reminding
from training.teaching.matrix import MOST_PEOPLE, Order, Wanted, as_csv
from training.teaching.matrix import matrix as find
from training.teaching.states import WITH_A_DAY, CourseState
from training.views.blueprint import learning_bp

Choice = TypeVar("Choice", bound=StrEnum)


@learning_bp.get("/matrix")
@requires(TrainingPermission.SEE_MATRIX)
def matrix() -> ResponseReturnValue:
    wanted = _wanted()
    found = find(wanted, now=g.now)
    lately = reminding.reminded_lately([row.person_id for row in found.rows], now=g.now)
    return render_template(
        "training/matrix.html",
        found=found,
        wanted=wanted,
        address=_address(wanted),
        lately=lately,
        to_remind=[row for row in found.rows if row.remind_of and row.person_id not in lately],
        quiet_days=reminding.QUIET_FOR.days,
        with_a_day=WITH_A_DAY,
        states=CourseState,
        stages=Stage,
        role_names=[(each.value, each.value) for each in Role],
        today=g.today,
        titles=catalogue.titles(),
        most_people=MOST_PEOPLE,
        may_remind=may(TrainingPermission.ASSIGN),
    )


@learning_bp.get("/matrix/table.csv")
@requires(TrainingPermission.SEE_MATRIX)
def matrix_table() -> ResponseReturnValue:
    headers = {"Content-Disposition": 'attachment; filename="who-has-learned-what.csv"', "Cache-Control": "no-store"}
    return Response(as_csv(_wanted(), now=g.now), mimetype="text/csv", headers=headers)


@learning_bp.post("/matrix/remind")
@requires(TrainingPermission.ASSIGN)
def remind() -> ResponseReturnValue:
    with db.writing():
        outcome = reminding.remind(asked.whole_numbers_sent("to"), by=current_person(), now=clock.now())
    flash(outcome.words)
    return redirect(safe_return(asked.way_back("next") or url_for(".matrix")))


def _wanted() -> Wanted:
    """What the address asks for; what it does not say is as on a first visit, and what it says wrongly is left out."""
    states = [each for each in CourseState if asked.is_there(each.value)]
    is_narrowed = asked.is_there("narrowed")
    code = asked.words("course")
    return Wanted(
        states=frozenset(states) if is_narrowed or states else WITH_A_DAY,
        stages=frozenset(each for each in Stage if asked.is_there(each.value)),
        role=_one_of(Role, asked.words("role")),
        code=code if code in catalogue.titles() else None,
        words=asked.words("name"),
        order=_one_of(Order, asked.words("order")) or Order.NEED,
        page=asked.whole_number("page") or 1,
    )


def _one_of(kind: type[Choice], value: str) -> Choice | None:
    return kind(value) if value in {each.value for each in kind} else None


def _address(wanted: Wanted) -> dict[str, str]:
    """The same choices in the address, without the page."""
    return {
        "narrowed": "y",
        **{each.value: "y" for each in CourseState if each in wanted.states},
        **{each.value: "y" for each in Stage if each in wanted.stages},
        **({"role": wanted.role.value} if wanted.role else {}),
        **({"course": wanted.code} if wanted.code else {}),
        **({"name": wanted.words} if wanted.words else {}),
        **({"order": wanted.order.value} if wanted.order is not Order.NEED else {}),
    }
