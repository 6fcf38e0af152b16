"""Hub and portals: which site a host name stands for.

Rules of the two sites live in one URL map. Werkzeug's host matching is used with the *kind* of site as the host, so
that `/` can mean both, and a municipality may later bring a domain of its own (ADR 0012).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol
from urllib.parse import urlsplit
from uuid import UUID

from flask import Flask, Request, current_app, g
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from sqlalchemy.orm import Session, scoped_session
from werkzeug.routing import MapAdapter

from lumbung.errors import LumbungError
from lumbung.settings import Settings

SiteKind = Literal["hub", "portal"]
BOTH_SITES = "hub+portal"
"""Give this as `subdomain` to a blueprint whose rules exist on the hub and on every portal."""


@dataclass(frozen=True, kw_only=True)
class Tenant:
    """A municipality as the web shell needs it. `status` is `active` once its portal is open to residents."""

    id: UUID
    slug: str
    name: str
    timezone: str
    demo: bool = False
    seal_url: str | None = None
    colours: Mapping[str, str] = field(default_factory=dict)
    centre: tuple[float, float] | None = None
    zoom: int = 12
    region_code: str = ""
    status: str = "active"


@dataclass(frozen=True, kw_only=True)
class Site:
    """The site of this request."""

    kind: SiteKind
    name: str
    tenant: Tenant | None = None
    shows_demo: bool = False
    """On the hub: whether a municipality of the demonstration is among those that it shows."""

    @property
    def demo(self) -> bool:
        return self.tenant.demo if self.tenant else self.shows_demo

    @property
    def slug(self) -> str | None:
        return self.tenant.slug if self.tenant else None

    @property
    def seal_url(self) -> str | None:
        return self.tenant.seal_url if self.tenant else None

    @property
    def timezone(self) -> str:
        return self.tenant.timezone if self.tenant else "Asia/Jakarta"


class TenantDirectory(Protocol):
    """Finds the municipality of a host name; lives in `tenants`."""

    def find_by_host(self, session: Session | scoped_session[Any], host: str, *, hub_host: str) -> Tenant | None: ...

    def holds_demo(self, session: Session | scoped_session[Any]) -> bool:
        """Whether a municipality of the demonstration exists; may be a minute old."""
        ...


class BrowserSessions(SecureCookieSessionInterface):
    """Flask's signed cookies; a request that brings none costs nothing."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if self.get_cookie_name(app) not in request.environ.get("HTTP_COOKIE", ""):
            return self.session_class()
        return super().open_session(app, request)


class LumbungFlask(Flask):
    """Flask that matches rules by the kind of site: a rule's `subdomain` is `hub`, `portal` or `BOTH_SITES`."""

    lumbung: Settings
    session_interface = BrowserSessions()

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function itself: nothing here is asynchronous, so nobody is asked at every step of every request."""
        return func

    def add_url_rule(
        self,
        rule: str,
        endpoint: str | None = None,
        view_func: Callable[..., Any] | None = None,
        provide_automatic_options: bool | None = None,
        **options: Any,
    ) -> None:
        """Register a rule for its site. A rule of both sites is two, so that neither is shadowed by a general one."""
        subdomain = options.pop("subdomain", "hub")
        for kind in ("hub", "portal") if subdomain == BOTH_SITES else (subdomain,):
            super().add_url_rule(
                rule, endpoint, view_func, provide_automatic_options=provide_automatic_options, host=kind, **options
            )

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """An adapter whose server name is the kind of site; absolute addresses are made by `url_on_…` alone."""
        if request is None:
            return self.url_map.bind("hub", url_scheme=self.lumbung.scheme, script_name="/")
        kind = "hub" if request.host.lower() == self.lumbung.hub_host else "portal"
        return self.url_map.bind(
            kind,
            url_scheme=request.scheme,
            script_name=request.root_path or "/",
            path_info=request.path,
            default_method=request.method,
            query_args=request.query_string.decode("latin1"),
        )


def current_site() -> Site:
    """The site of this request."""
    site: Site = g.site
    return site


def current_municipality() -> Tenant:
    """The municipality of this request; only on portals."""
    tenant = current_site().tenant
    if tenant is None:
        raise LumbungError
    return tenant


def hub_origin() -> str:
    """Scheme and host of the hub, as people reach it."""
    return _settings().base_url


def portal_origin(slug: str, domain: str | None = None) -> str:
    """Scheme and host of a municipality's portal: its own domain when it has one."""
    settings = _settings()
    return f"{settings.scheme}://{domain or f'{slug}.{settings.hub_host}'}"


def url_on_hub(endpoint: str, **values: Any) -> str:
    """Absolute address of an endpoint on the hub, from anywhere."""
    return hub_origin() + _path("hub", endpoint, values)


def is_local_path(target: str | None) -> bool:
    """Whether `target` is a path on this very site, safe to redirect to."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")) or "\\" in target:
        return False
    if any(ord(character) < 32 for character in target):
        return False
    parts = urlsplit(target)
    return not parts.scheme and not parts.netloc


def _path(kind: SiteKind, endpoint: str, values: dict[str, Any]) -> str:
    adapter = current_app.url_map.bind(kind, script_name="/")
    path: str = adapter.build(endpoint, values)
    return path


def _settings() -> Settings:
    settings: Settings = current_app.lumbung  # type: ignore[attr-defined]
    return settings
