"""The test double of Stripe beside web and worker, so that the demonstration can be paid without internet or money."""

import importlib.util
import secrets
import signal
import socket
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from lumbung.postgres.errors import explained
from lumbung.supervisor.children import Child
from lumbung.supervisor.environment import kept_secret
from lumbung.supervisor.lan import Certificate
from lumbung.supervisor.settings import SupervisorSettings

_FOLDER = "stripe-double"
_LOOPBACK = "127.0.0.1"
_EVERYWHERE = ("0.0.0.0", "::", "localhost", _LOOPBACK)  # noqa: S104 - compared with, not bound to.
_STOP = ((signal.SIGTERM, 5.0),)
_TRIES = 50


def wants_stripe_double(settings: SupervisorSettings, environment: Mapping[str, str]) -> bool:
    """Whether payments go to the double: it was asked for, can be had, and no real Stripe is set."""
    asked = settings.stripe_double and not environment.get("STRIPE_SECRET_KEY")
    return asked and importlib.util.find_spec("localstripe") is not None


def with_stripe_double(
    settings: SupervisorSettings, environment: Mapping[str, str], certificate: Certificate | None
) -> tuple[dict[str, str], Child]:
    """`environment` with the double's addresses and keys, and the process that answers there.

    Keys, ports and what was paid are kept in the instance: links and monthly payments survive a restart. In the local
    network people reach its pages, and only these, on a port of their own with the web's certificate.
    """
    folder = settings.instance.absolute() / _FOLDER
    base = urlsplit(environment["BASE_URL"])
    name = base.hostname or "localhost"
    with explained(settings.instance):
        folder.mkdir(parents=True, exist_ok=True)
        key = kept_secret(folder / "key", lambda: f"sk_test_{secrets.token_hex(16)}")
        secret = kept_secret(folder / "webhook-secret", lambda: f"whsec_{secrets.token_hex(16)}")
        port = _kept_port(folder / "port", wanted=settings.port + 1, host=_LOOPBACK)
        page_port = port
        if settings.lan:
            page_port = _kept_port(folder / "page-port", wanted=port + 1, host=settings.host)
    pages = f"https://{name}:{page_port}" if settings.lan else f"http://localhost:{port}"
    web_host = _LOOPBACK if settings.host in _EVERYWHERE else settings.host
    scheme = "https" if settings.lan else "http"
    command = [
        *(sys.executable, "-m", "lumbung.local_stripe", "--port", str(port)),
        *("--state", str(folder / "state.json"), "--public-base", pages),
        *("--webhook", f"{scheme}://{web_host}:{settings.port}/stripe/events", "--webhook-host", base.netloc),
    ]
    if certificate is not None:
        command += ["--page-host", settings.host, "--page-port", str(page_port)]
        command += ["--certificate", str(certificate.certificate), "--certificate-key", str(certificate.key)]
    filled = {
        **environment,
        "STRIPE_SECRET_KEY": key,
        "STRIPE_WEBHOOK_SECRETS": secret,
        "STRIPE_API_BASE": f"http://{_LOOPBACK}:{port}",
        "STRIPE_CHECKOUT_ORIGIN": pages,
        "STRIPE_PORTAL_ORIGIN": pages,
    }
    # Ended by SIGTERM it writes down what was paid.
    child = Child("stripe-double", command, settings.root, death_signal=signal.SIGTERM, stop_steps=_STOP)
    return filled, child


def _kept_port(path: Path, *, wanted: int, host: str) -> int:
    """The port of the last time, or the first free one from `wanted` on when that is taken or there was none."""
    kept = path.read_text("utf-8").strip() if path.exists() else ""
    if kept.isdigit() and _is_free(host, int(kept)):
        return int(kept)
    port = next((each for each in range(wanted, wanted + _TRIES) if _is_free(host, each)), 0)
    if not port:
        with socket.create_server((host, 0)) as probe:
            port = int(probe.getsockname()[1])
    path.write_text(f"{port}\n", "utf-8")
    return port


def _is_free(host: str, port: int) -> bool:
    try:
        socket.create_server((host, port)).close()
    except (OSError, OverflowError):
        return False
    return True
