"""A redirect after sign-in never leads to another site."""

from __future__ import annotations

import pytest

from app.pages.safe_redirect import safe_return


@pytest.mark.parametrize("path", ["/", "/shifts", "/rota/3?seat=7#seat", "/people/2/edit"])
def test_a_path_of_this_site_is_kept(path: str) -> None:
    assert safe_return(path) == path


@pytest.mark.parametrize(
    "address",
    [
        None,
        "",
        "shifts",
        "https://example.org/",
        "//example.org/",
        "/\\example.org/",
        "/shifts\\..",
        "javascript:alert(1)",
        "/\t/example.org",
        "/shifts\nSet-Cookie: a=b",
    ],
)
def test_any_other_address_becomes_today(address: str | None) -> None:
    assert safe_return(address) == "/"
