"""Templates that let go of what they were given as soon as they are rendered."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

from flask import Flask
from jinja2 import Template
from jinja2.runtime import Context

_contexts: ContextVar[list[Context] | None] = ContextVar("contexts of the page that is being rendered", default=None)


class PageTemplate(Template):
    """A template whose macros do not keep what it was given.

    A macro of a template refers to the context, and the context to the macro. Without this, everything that a page
    read would stay in memory until Python's garbage collector comes by, which then takes as long as a slow page.
    """

    def render(self, *args: Any, **kwargs: Any) -> str:
        contexts: list[Context] = []
        token = _contexts.set(contexts)
        try:
            contexts.append(context := self.new_context(dict(*args, **kwargs)))
            return str(self.environment.concat(self.root_render_func(context)))
        except Exception:
            self.environment.handle_exception()
        finally:
            _contexts.reset(token)
            for each in contexts:
                each.parent.clear()
                each.vars.clear()

    def new_context(
        self, vars: dict[str, Any] | None = None, shared: bool = False, locals: Any = None
    ) -> Context:  # as Jinja calls them
        context = super().new_context(vars, shared, locals)
        contexts = _contexts.get()
        # One that is not shared belongs to a template that others import from, and is kept with it.
        if shared and contexts is not None:
            contexts.append(context)
        return context


def install(app: Flask) -> None:
    """Have every template of the application be one of these."""
    app.jinja_env.template_class = PageTemplate
