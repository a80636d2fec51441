"""Writing to the people who can help, and the conversations that follow."""

from __future__ import annotations

from collections.abc import Collection

from flask import Blueprint, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import clock, db
from app.conversations import reading, writing
from app.conversations.forms import AnswerForm, WriteForm
from app.conversations.models import WrittenTo
from app.pages import asked
from app.pages.forms import Done, render_form, save_form
from app.people import rate_limits, whom_to_ask
from app.people.models import Person, Role
from app.people.rate_limits import WRITTEN_QUESTIONS
from app.permissions import current_person, signed_in
from app.refusals import NotFound

bp = Blueprint("conversations", __name__)

SENT = "Your message is on its way. An answer comes as a message to you."


@bp.get("/conversations")
@signed_in
def index() -> ResponseReturnValue:
    person = current_person()
    found = reading.newest_of(person.id, on=g.today)
    return render_template("conversations/index.html", found=found, to_whom=reading.TO_WHOM)


@bp.get("/write/<role>")
@bp.post("/write/<role>")
@signed_in
def write(role: str) -> ResponseReturnValue:
    """Write to everybody who holds a role, about what the address names."""
    if role not in whom_to_ask.ONE_OF:
        raise NotFound("Nobody can be written to there.")
    to = WrittenTo(role)
    ids = writing.holders(Role(role), but_not=current_person().id, on=g.today)
    names = whom_to_ask.names_by_role(g.today)[Role(role)]
    return write_to(to, ids, names=names, about=asked.words("about"))


def write_to(to: WrittenTo, ids: Collection[int], *, names: list[str], about: str) -> ResponseReturnValue:
    """The page on which somebody writes to these people, and what it does when it is sent."""
    by, form = current_person(), WriteForm()
    if request.method == "GET":
        form.subject.data = about
    _count(form, by)

    def send() -> Done:
        made = writing.begin(
            to, ids, form.subject.data or "", form.text.data or "", by=by, once=_once(form, by), now=clock.now()
        )
        return Done(SENT, url_for("conversations.show", conversation_id=made))

    page = {"names": names, "to_whom": reading.TO_WHOM[to], "can_be_sent": bool(ids), "message": None}
    return save_form(form, send) or render_form("conversations/write.html", form=form, **page)


@bp.get("/conversations/<int:conversation_id>")
@bp.post("/conversations/<int:conversation_id>")
@signed_in
def show(conversation_id: int) -> ResponseReturnValue:
    """Read a conversation, and write on in it."""
    by, form = current_person(), AnswerForm()
    conversation = reading.conversation_for(conversation_id, by.id, on=g.today)
    _count(form, by)

    def send() -> Done:
        writing.answer(conversation_id, form.text.data or "", by=by, once=_once(form, by), now=clock.now())
        return Done(SENT, url_for("conversations.show", conversation_id=conversation_id))

    done = save_form(form, send)
    if done is not None:
        return done
    said = reading.said_in(conversation, by.id)
    return render_form(
        "conversations/show.html",
        form=form,
        conversation=conversation,
        said=said,
        to_whom=reading.TO_WHOM[conversation.written_to],
    )


@bp.get("/messages/<int:message_id>")
@bp.post("/messages/<int:message_id>")
@signed_in
def message(message_id: int) -> ResponseReturnValue:
    """Read what somebody who plans wrote to oneself, and answer them."""
    by, form = current_person(), AnswerForm()
    found = writing.message_to(by.id, message_id)
    writer = db.session.get_one(Person, found.by_id)
    _count(form, by)

    def send() -> Done:
        made = writing.answer_message(message_id, form.text.data or "", by=by, once=_once(form, by), now=clock.now())
        return Done(SENT, url_for("conversations.show", conversation_id=made))

    return save_form(form, send) or render_form(
        "conversations/message.html",
        form=form,
        message=found,
        paragraphs=reading.paragraphs_of(found.text),
        writer=writer,
    )


def _once(form: AnswerForm, by: Person) -> str:
    return f"form:{by.id}:{form.once.data}"


def _count(form: AnswerForm, by: Person) -> None:
    if form.validate_on_submit():
        rate_limits.enforce(WRITTEN_QUESTIONS, str(by.id), now=clock.now())
