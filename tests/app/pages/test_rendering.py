"""What a page was given is let go as soon as the page is rendered, and pages read the same as before."""

from __future__ import annotations

import gc
import weakref

from jinja2 import DictLoader, Environment

from app.pages.rendering import PageTemplate

TEMPLATES = {
    "macros.html": "{% macro bold(words) %}<b>{{ words }}</b>{% endmacro %}",
    "frame.html": "{% block content %}{% endblock %} {{ thing.words }}",
    "part.html": "{% macro of(n) %}{{ thing.words }}{{ n }}{% endmacro %}{{ of(number) }}",
    "page.html": (
        '{% extends "frame.html" %}{% from "macros.html" import bold %}'
        "{% macro own() %}{{ thing.words }}{% endmacro %}"
        '{% block content %}{% set number = 2 %}{{ bold(own()) }} {% include "part.html" %}{% endblock %}'
    ),
}


class Thing:
    words = "said"


def environment() -> Environment:
    made = Environment(loader=DictLoader(TEMPLATES), autoescape=True)
    made.template_class = PageTemplate
    return made


def test_a_page_with_macros_and_parts_reads_as_it_would_otherwise() -> None:
    plain = Environment(loader=DictLoader(TEMPLATES), autoescape=True).get_template("page.html")
    page = environment().get_template("page.html")
    assert [page.render(thing=Thing()) for _ in range(2)] == [plain.render(thing=Thing())] * 2


def test_what_a_page_was_given_is_gone_when_it_is_rendered() -> None:
    page, thing = environment().get_template("page.html"), Thing()
    watched = weakref.ref(thing)
    gc.disable()
    try:
        page.render(thing=thing)
        del thing
        assert watched() is None
    finally:
        gc.enable()
