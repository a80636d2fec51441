"""Certificates whose key is gone are named before somebody meets “not one of ours”."""

from __future__ import annotations

import shutil

from app import settings
from tests.conftest import People
from tests.times import NOW
from tests.training.courses import install_shipped, pass_course
from training.lost_keys import certificates_without_their_key


def test_certificates_without_their_key_are_counted_and_the_folder_is_named(people: People) -> None:
    install_shipped()
    for name in ("Juniper", "Wren"):
        pass_course(people.person(name))
    assert certificates_without_their_key(NOW) == []
    shutil.rmtree(settings.current().keys)
    (said,) = certificates_without_their_key(NOW)
    assert said.startswith("2 certificates are signed with a key that is not in the key folder")
    assert str(settings.current().keys) in said
