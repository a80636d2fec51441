"""The public list of withdrawn certificates."""

from __future__ import annotations

import base64
import gzip

import pytest

from tests.times import NOW
from tests.training.tokens import AWARD, found_by, part
from training import badges, signing_keys, status_list
from training.signing_keys import SigningKey


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> SigningKey:
    return signing_keys.current(tmp_path_factory.mktemp("keys"), now=NOW)


def test_the_list_says_of_each_place_whether_it_was_withdrawn() -> None:
    bits = gzip.decompress(base64.urlsafe_b64decode(status_list.encoded([0, 9, 131_071])[1:] + "=="))
    assert len(bits) * 8 == 131_072
    assert [place for place in range(131_072) if bits[place // 8] & (0x80 >> place % 8)] == [0, 9, 131_071]


def test_a_place_is_never_given_twice() -> None:
    taken = set(range(status_list.LENGTH - 1))
    assert status_list.draw_position(taken.__contains__) == status_list.LENGTH - 1
    assert status_list.list_for(0) == 1
    assert status_list.list_for(status_list.MOST_IN_ONE) == 2


def test_the_list_is_no_badge(key: SigningKey) -> None:
    signed_list = status_list.signed(
        1, [5], newest=1, public_url=AWARD.public_url, organisation="Harbour Lane", key=key, now=NOW
    )
    assert part(signed_list, 1)["credentialSubject"]["statusPurpose"] == "revocation"
    assert badges.read(signed_list, found_by(key)) is None
