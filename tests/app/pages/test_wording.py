"""The filter that puts a link inside a sentence."""

from __future__ import annotations

from app.pages.wording import linked


def test_the_words_of_a_sentence_become_a_link_and_everything_is_escaped() -> None:
    link = linked("Ask <Wren> & wait.", "<Wren>", "/people/1?a=1&b=2")
    assert link == 'Ask <a class="govuk-link" href="/people/1?a=1&amp;b=2">&lt;Wren&gt;</a> &amp; wait.'


def test_a_sentence_without_the_words_has_no_link() -> None:
    assert linked("Ask <Otter>.", "Wren", "/people/1") == "Ask &lt;Otter&gt;."
