"""The application factory: settings, database, the domains' records, and what every page needs."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Flask, current_app, g, has_request_context
from govuk_frontend_wtf.main import WTFormsHelpers
from jinja2 import ChoiceLoader, FileSystemLoader, PackageLoader, PrefixLoader
from sqlalchemy.pool import NullPool
from werkzeug.middleware.proxy_fix import ProxyFix
from whitenoise import WhiteNoise

from app import db, today
from app import domain as domain_registry
from app import settings as settings_module
from app.admin.views import audit as audit_pages
from app.admin.views import emails as email_pages
from app.admin.views import first_steps as first_step_pages
from app.admin.views import notices as notice_pages
from app.admin.views import organisation as organisation_pages
from app.admin.views import overview
from app.admin.views import policies as policy_pages
from app.admin.views import policy_in_words as policy_words_pages
from app.conversations import views as conversation_pages
from app.core_domain import CORE
from app.domain import Domain
from app.first_steps import glance
from app.first_steps.glance import FirstStepsGlance
from app.health import troubles
from app.health import views as health_pages
from app.inbox import views as inbox_pages
from app.jobs import progress as task_pages
from app.jobs import scheduled_jobs, tasks
from app.organisation import in_force
from app.organisation.in_force import InForce
from app.outbox import dev_mail_views as mail_pages
from app.outbox import notice
from app.outbox import views as outbox_pages
from app.pages import (
    asking,
    assets,
    component_gallery,
    errors,
    form_tokens,
    incoming,
    logs,
    rendering,
    security_headers,
    times,
    wording,
)
from app.pages.converters import BoundedMap
from app.pages.middleware import LastResort, OwnHostsOnly
from app.people import private, request_session, rights
from app.people.views import account, contact, directory, private_details, sign_in, support_contact
from app.people.views.blueprint import bp as people_bp
from app.permissions import visitor
from app.policies import documents
from app.policies import views as rule_pages
from app.settings import ROOT, Settings
from app.takeover import views as taking_over
from app.trail import wording as wording_of_audit

if TYPE_CHECKING:
    from types import TracebackType

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    ExceptionInfo = tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None]

CONNECT_SECONDS = 5  # A page says “back in a moment” after that, instead of waiting for a host that is gone.
# View modules that add routes to a blueprint of another module; importing them is enough.
PAGES = (
    email_pages,
    notice_pages,
    organisation_pages,
    first_step_pages,
    sign_in,
    account,
    directory,
    contact,
    support_contact,
    private_details,
    policy_pages,
    policy_words_pages,
    audit_pages,
    taking_over,
)
OWN_BLUEPRINTS = (
    today.bp,
    inbox_pages.bp,
    conversation_pages.bp,
    people_bp,
    outbox_pages.bp,
    task_pages.bp,
    overview.bp,
    rule_pages.bp,
)


def create(settings: Settings, *, domains: Sequence[Domain]) -> Flask:
    """Build the application from its settings and its domains."""
    settings_module.use(settings)
    logs.configure(readable=settings.env == "development")
    app = Application(
        "nightlight",
        root_path=str(ROOT),
        template_folder=str(ROOT / "templates"),
        static_folder=str(ROOT / "app" / "static"),
        instance_path=str(settings.var),
    )
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=_engine_options(settings),
        MAX_CONTENT_LENGTH=incoming.LARGEST_BODY,
        TESTING=settings.env == "test",
        # This cookie holds the CSRF token and flash messages; the signed-in session has a cookie of its own.
        SESSION_COOKIE_NAME="__Host-nightlight-page" if settings.is_https else "nightlight-page",
        SESSION_COOKIE_SECURE=settings.is_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
    )
    settings_module.make_private_folder(settings.var)
    _make_private_database_file(settings)
    db.extension.init_app(app)
    in_force.use(InForce(settings.database_url, connect_args=_connect_args(settings)))
    glance.use(FirstStepsGlance(settings.database_url, connect_args=_connect_args(settings)))
    everything = (CORE, *domains)
    _register(everything)
    _configure_templates(app)
    logs.install(app)
    health_pages.install(app)  # Before anything is read, so that a page never meets a schema it was not written for.
    request_session.install(app)
    incoming.install(app)
    form_tokens.install(app)
    security_headers.install(app)
    errors.install(app)
    times.install(app)
    asking.install(app)
    wording.install(app)
    _register_pages(app, settings, domains)
    _wrap(app, settings)
    if settings.env != "test":
        keep_out_of_collections()
    return app


def _register_pages(app: Flask, settings: Settings, domains: Sequence[Domain]) -> None:
    """Give the application the pages of the core, those for development, and those of the domains."""
    for blueprint in OWN_BLUEPRINTS:
        app.register_blueprint(blueprint)
    if settings.env != "production":
        app.register_blueprint(mail_pages.bp)
        app.register_blueprint(component_gallery.bp)
    for domain in domains:
        for blueprint in domain.blueprints:
            app.register_blueprint(blueprint)


OBJECTS_BETWEEN_LOOKS = 100_000
"""How many objects more there may be before Python looks which of the newest are garbage: some 10 MB at the most."""

LOOKS_BEFORE_OLDER = 20, 50
"""How many looks at the newest come before one at those that stayed, and how many of these before one at all.

That at all takes as long as a slow page: it comes once in thousands of pages.
"""


def keep_out_of_collections() -> None:
    """Have Python's garbage collector pass over everything that exists now, for as long as this process lives.

    A quarter of a million objects live as long as the application. Looking at all of them takes 0.2 s, which some page
    has to wait for every now and then. Not for tests: they build many applications, whose memory must be freed.

    What pages make since is looked at in larger portions. A page with a thousand seats makes tens of thousands of
    objects, nearly all of which go when it is answered: a look after each 700, as usual, took a tenth of its time.
    """
    gc.freeze()
    gc.set_threshold(OBJECTS_BETWEEN_LOOKS, *LOOKS_BEFORE_OLDER)


class Application(Flask):
    """Flask with bounds on every variable part of a route, and without addresses in its log."""

    url_map_class = BoundedMap

    def wsgi_app(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request, in which the organisation's name and zone stay the same throughout."""
        with in_force.held():
            return super().wsgi_app(environ, start_response)

    def log_exception(self, exc_info: ExceptionInfo) -> None:
        """Log a failure outside every error page. Flask also logs the path, which may hold a one-time token."""
        logs.log.error("error page failed", exc_info=exc_info)


def _wrap(app: Flask, settings: Settings) -> None:
    """Put the middleware around the application, the innermost first."""
    hosts = [urlsplit(settings.public_url).hostname or "", "127.0.0.1", "localhost"] if settings.is_production else None
    wrapped: WSGIApplication = OwnHostsOnly(app.wsgi_app, public_url=settings.public_url, hosts=hosts)
    wrapped = WhiteNoise(
        wrapped,
        root=str(assets.BUILT) if assets.BUILT.exists() else None,
        prefix="static/built/",
        allow_all_origins=False,
        add_headers_function=security_headers.add_to_built_file,
        # Every built file but the manifest has its content's hash in its name.
        immutable_file_test=lambda _path, url: not url.endswith("manifest.json"),
    )
    if settings.is_production:
        # Trust one proxy for the client's address and scheme, but not for the host: that comes from the settings.
        wrapped = ProxyFix(wrapped, x_for=1, x_proto=1, x_host=0)
    app.wsgi_app = LastResort(  # type: ignore[method-assign]  # wrapping wsgi_app is Flask's documented way
        wrapped, headers=security_headers.headers_of_every_answer, testing=app.testing
    )


def _make_private_database_file(settings: Settings) -> None:
    """Make an empty SQLite file that only this user can read; SQLite gives its other files the same rights."""
    file = settings.sqlite_file
    if file is not None and file.parent.is_dir() and not file.exists():
        file.touch(mode=0o600)


def _engine_options(settings: Settings) -> dict[str, object]:
    # Failed statements are logged, and their parameters hold addresses and names.
    options: dict[str, object] = {"hide_parameters": settings.env != "development"}
    if settings.database_url.startswith("sqlite"):
        # A file needs no pool, and a connection of one's own keeps threads apart.
        return {**options, "poolclass": NullPool}
    return {
        **options,
        "pool_pre_ping": True,  # A restarted database leaves dead connections in the pool.
        "pool_size": 8,
        "max_overflow": 8,
        "pool_timeout": CONNECT_SECONDS,
        "connect_args": _connect_args(settings),
    }


def _connect_args(settings: Settings) -> dict[str, object]:
    return {} if settings.database_url.startswith("sqlite") else {"connect_timeout": CONNECT_SECONDS}


def _register(everything: Sequence[Domain]) -> None:
    """Fill each extension point of the core from the domains' records."""
    domain_registry.domains.fill(everything)
    documents.kinds.fill(kind for domain in everything for kind in domain.policies)
    notice.kinds.fill(kind for domain in everything for kind in domain.notices)
    scheduled_jobs.jobs.fill(job for domain in everything for job in domain.scheduled_jobs)
    tasks.kinds.fill(kind for domain in everything for kind in domain.tasks)
    rights.grants.fill(rights.Grants(domain.grants) for domain in everything)
    troubles.watches.fill(watch for domain in everything for watch in domain.watches)
    private.may_ring.fill(domain.may_ring for domain in everything)
    wording_of_audit.words.fill(domain.audit_words for domain in everything if domain.audit_words is not None)
    rights.on_standing_lost.fill(
        domain.on_standing_lost for domain in everything if domain.on_standing_lost is not None
    )
    rights.would_be_lost.fill(domain.would_be_lost for domain in everything if domain.would_be_lost is not None)


def _configure_templates(app: Flask) -> None:
    rendering.install(app)
    env = app.jinja_env
    env.trim_blocks = env.lstrip_blocks = True
    app.jinja_loader = ChoiceLoader(
        [
            FileSystemLoader(ROOT / "templates"),
            PrefixLoader(
                {
                    "govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja"),
                    "govuk_frontend_wtf": PackageLoader("govuk_frontend_wtf"),
                }
            ),
        ]
    )
    WTFormsHelpers(app)
    env.globals.update(asset=assets.url_of)
    app.context_processor(_page_context)


def _page_context() -> dict[str, object]:
    """The variables of every template. Outside a request (e-mails) there is no reader and no menu."""
    has_reader = has_request_context()
    person = visitor() if has_reader else None
    stage = domain_registry.stages_of([person.id], g.now).get(person.id) if person is not None else None
    return {
        "person": person,
        "nav": today.menu_items() if has_reader else [],
        "troubles": health_pages.glance_of(current_app).troubles(g.now) if person is not None and g.permissions else [],
        "stage_of_me": stage,
        "organisation": in_force.details(),
        "organisation_name": settings_module.current().organisation,
        "organisation_zone": settings_module.current().zone,
        "organisation_contact": settings_module.current().contact,
        "now": g.get("now") if has_reader else None,
    }
