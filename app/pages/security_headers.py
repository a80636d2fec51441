"""Security headers of every response: browser policies, and no caching."""

from __future__ import annotations

from wsgiref.headers import Headers

from flask import Flask, Response, request

from app import settings

CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "manifest-src 'self'",
    )
)


def headers_of_every_answer() -> dict[str, str]:
    """The headers of every answer, also of built files and of a failure outside every page."""
    headers = {
        "Content-Security-Policy": CONTENT_POLICY,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=(), browsing-topics=()",
    }
    if settings.started_with().is_https:
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    return headers


def add_security_headers(response: Response) -> Response:
    """Add the security headers; a response is not cached unless its view set a caching header itself."""
    for name, value in headers_of_every_answer().items():
        response.headers.setdefault(name, value)
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def add_to_built_file(headers: Headers, _path: str, _url: str) -> None:
    """Add the headers to a built file, which WhiteNoise answers before Flask."""
    for name, value in headers_of_every_answer().items():
        headers[name] = value


def install(app: Flask) -> None:
    """Add the headers to every response of this application."""
    app.after_request(add_security_headers)
