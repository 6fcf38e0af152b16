"""Everything the environment may decide, read once when the application is created."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit


class SettingsError(Exception):
    """A setting is missing or unusable; the message is one line, Indonesian first."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The platform's settings. Defaults are safe in production, or the setting is required.

    `base_url` is the address of the hub; portals live at `<slug>.<host of base_url>`.
    `database_url` is the application role's, `migration_database_url` the migrator's (ADR 0006).
    `release_approval` is `first` (a curator approves the first release of an app, and what the checks ask a person to
    look at) or `always` (every release).
    `vapid_private_key` signs notifications to browsers (RFC 8292); without it nobody is offered any.
    `quiet_hours` are those of municipalities that have not set their own, as `21:00-06:00`; None for none.
    `stripe_secret_key` opens payments by card, and `stripe_webhook_secrets` are those that Stripe signs its events with
    (several while one is being replaced); without a key everything else works. `stripe_api_base`,
    `stripe_checkout_origin` and `stripe_portal_origin` name another place than Stripe itself: the double of the
    demonstration and of tests, or a domain of one's own for Stripe's pages.
    `bank_account` says where transfers go (bank, number, holder), for who pays by bank.
    `metrics_token` opens `/metrics` on the hub to who brings it; without it that page is not there.
    """

    database_url: str
    migration_database_url: str | None
    secret_key: str
    former_secret_keys: tuple[str, ...] = ()
    base_url: str = "http://localhost:8000"
    instance: Path = Path("instance")
    smtp_url: str | None = None
    mail_from: str = "Lumbung <no-reply@localhost>"
    vapid_private_key: str | None = None
    quiet_hours: str | None = "21:00-06:00"
    map_tiles_url: str = "https://tile.openstreetmap.org/{z}/{x}/{y}.png"
    map_attribution: str = "© OpenStreetMap"
    max_upload_bytes: int = 64 * 1024 * 1024
    trusted_proxies: int = 0
    log_format: str = "json"
    log_level: str = "info"
    metrics_token: str | None = None
    stripe_secret_key: str | None = None
    stripe_webhook_secrets: tuple[str, ...] = ()
    stripe_api_base: str | None = None
    stripe_checkout_origin: str = "https://checkout.stripe.com"
    stripe_portal_origin: str = "https://billing.stripe.com"
    bank_account: str | None = None
    platform_name: str = "Lumbung"
    release_approval: str = "first"
    web_threads: int = 8
    testing: bool = False

    @property
    def hub_host(self) -> str:
        """Host name (with port, when it is not the scheme's own) of the hub."""
        return urlsplit(self.base_url).netloc.lower()

    @property
    def scheme(self) -> str:
        """Either `http` or `https`."""
        return urlsplit(self.base_url).scheme

    @property
    def stripe_live(self) -> bool:
        """Whether the key is for real money."""
        return (self.stripe_secret_key or "").startswith(("sk_live_", "rk_live_"))

    @property
    def files_root(self) -> Path:
        """Folder that holds uploaded files, one sub-folder per municipality."""
        return self.instance / "files"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Settings from environment variables.

        Raises SettingsError when DATABASE_URL or SECRET_KEY is missing, BASE_URL is no http address,
        TRUSTED_PROXIES no small number, QUIET_HOURS no such hours, RELEASE_APPROVAL neither `first` nor `always`, or
        STRIPE_SECRET_KEY no secret key.
        """
        env = os.environ if environment is None else environment
        base_url = env.get("BASE_URL", cls.base_url).rstrip("/")
        if urlsplit(base_url).scheme not in {"http", "https"} or not urlsplit(base_url).netloc:
            raise SettingsError(f"BASE_URL bukan alamat http(s): {base_url!r}. / BASE_URL is not an http(s) address.")
        return cls(
            database_url=_required(env, "DATABASE_URL"),
            migration_database_url=env.get("MIGRATION_DATABASE_URL") or None,
            secret_key=_required(env, "SECRET_KEY"),
            former_secret_keys=tuple(env.get("FORMER_SECRET_KEYS", "").split()),
            base_url=base_url,
            instance=Path(env.get("LUMBUNG_INSTANCE", "instance")).absolute(),
            smtp_url=env.get("SMTP_URL") or None,
            mail_from=env.get("MAIL_FROM", cls.mail_from),
            vapid_private_key=env.get("VAPID_PRIVATE_KEY") or None,
            quiet_hours=_quiet_hours(env),
            map_tiles_url=env.get("MAP_TILES_URL", cls.map_tiles_url),
            map_attribution=env.get("MAP_ATTRIBUTION", cls.map_attribution),
            trusted_proxies=_count(env, "TRUSTED_PROXIES"),
            log_format=env.get("LOG_FORMAT", cls.log_format),
            log_level=env.get("LOG_LEVEL", cls.log_level),
            metrics_token=env.get("METRICS_TOKEN") or None,
            stripe_secret_key=_stripe_key(env),
            stripe_webhook_secrets=tuple(env.get("STRIPE_WEBHOOK_SECRETS", "").split()),
            stripe_api_base=env.get("STRIPE_API_BASE") or None,
            stripe_checkout_origin=env.get("STRIPE_CHECKOUT_ORIGIN") or cls.stripe_checkout_origin,
            stripe_portal_origin=env.get("STRIPE_PORTAL_ORIGIN") or cls.stripe_portal_origin,
            bank_account=env.get("BANK_ACCOUNT") or None,
            release_approval=_choice(env, "RELEASE_APPROVAL", ("first", "always")),
            web_threads=int(env.get("WEB_THREADS") or cls.web_threads),
        )


def _count(env: Mapping[str, str], name: str) -> int:
    value = env.get(name) or "0"
    if not re.fullmatch("[0-9]{1,2}", value):
        raise SettingsError(f"{name} bukan angka: {value!r}. / {name} is not a number.")
    return int(value)


def _stripe_key(env: Mapping[str, str]) -> str | None:
    value = env.get("STRIPE_SECRET_KEY") or None
    if value is not None and not re.fullmatch(r"(sk|rk)_(live|test)_\w+", value):
        # The value itself may be a secret of something else, so it is not repeated.
        raise SettingsError(
            "STRIPE_SECRET_KEY bukan kunci rahasia Stripe (sk_live_… atau sk_test_…). / "
            "STRIPE_SECRET_KEY is no secret key of Stripe (sk_live_… or sk_test_…)."
        )
    return value


def _quiet_hours(env: Mapping[str, str]) -> str | None:
    value = env.get("QUIET_HOURS") or Settings.quiet_hours
    if value == "off":
        return None
    if value is None or not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d", value):
        raise SettingsError(
            f"QUIET_HOURS bukan jam tenang seperti 21:00-06:00 atau off: {value!r}. / "
            "QUIET_HOURS is neither like 21:00-06:00 nor off."
        )
    return value


def _choice(env: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str:
    value = env.get(name) or choices[0]
    if value not in choices:
        known = ", ".join(choices)
        raise SettingsError(f"{name} bukan salah satu dari {known}: {value!r}. / {name} is none of {known}.")
    return value


def _required(env: Mapping[str, str], name: str) -> str:
    value = env.get(name, "")
    if not value:
        raise SettingsError(
            f"Variabel {name} belum diisi; `make run` mengisinya sendiri. / "
            f"{name} is not set; `make run` sets it by itself."
        )
    return value
