"""Every kind of fact has all the properties that the product asks for."""

from __future__ import annotations

import pytest
from flask import Flask

from app.domain import domains
from progression.fact_kinds import FactKind, Recorder
from progression.labels import is_private, provided_by


@pytest.mark.parametrize("kind", list(FactKind))
def test_each_kind_has_all_properties(kind: FactKind) -> None:
    properties = kind.properties
    assert FactKind.named(kind.value) is kind
    assert properties.label
    assert isinstance(properties.recorder, Recorder)
    assert properties.provided_by is None or properties.provided_by.strip()
    assert isinstance(properties.is_private, bool)
    assert isinstance(properties.can_be_withdrawn, bool)


def test_a_kind_that_another_domain_brings_is_none_of_these() -> None:
    assert FactKind.named("training") is None


def test_each_kind_is_registered_with_its_properties(app: Flask) -> None:
    labels = {each.kind: each.words for domain in domains for each in domain.evidence_kinds}
    for kind in FactKind:
        assert labels[kind] == kind.properties.label
        if kind.properties.provided_by:
            assert provided_by(f"{kind}:key") == kind.properties.provided_by
            assert is_private(f"{kind}:key") is kind.properties.is_private
    assert provided_by("juggled:balls") == "an assessor knows how"
    assert is_private("juggled:balls")
