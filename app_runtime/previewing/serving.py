"""Serving a preview: a throw-away database, the ordinary application, and twice a second a look at the folder and at
what waits to be done."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

import click
from werkzeug.serving import BaseWSGIServer, make_server
from werkzeug.utils import import_string

from app_catalog.releases.scenarios import install_scenario_runner
from app_runtime.previewing.founding import SLUG
from app_runtime.previewing.preview import Preview, PreviewIdentity, Unplayed
from app_runtime.previewing.views import install_preview
from lumbung.db import db
from lumbung.i18n import t
from lumbung.migrate.runner import upgrade
from lumbung.postgres.roles import DatabaseUrls, ensure_database
from lumbung.postgres.testing import start_suite_server, stop_suite_server
from lumbung.settings import Settings
from lumbung.web.sites import LumbungFlask

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_DATABASE = "preview"
EVERY_SECONDS = 0.5


def serve_preview(folder: Path, *, port: int) -> None:
    """Serve the package in `folder` on loopback until Ctrl-C.

    Raises OSError when the port is taken, `lumbung.postgres.errors.PostgresError` when no database starts.
    """
    cluster, server = start_suite_server()
    try:
        with server.admin_connection() as admin:
            ensure_database(admin, _DATABASE)
        upgrade(server.urls(_DATABASE).migration)
        conninfo = f"{server.admin_conninfo} dbname={_DATABASE}"
        with (
            TemporaryDirectory(prefix="lumbung-preview-") as instance,
            preview_app(folder, server.urls(_DATABASE), conninfo, Path(instance), port=port) as (app, preview),
        ):
            _serve(app, preview, port)
    finally:
        stop_suite_server(cluster)


@contextmanager
def preview_app(
    folder: Path, urls: DatabaseUrls, admin_conninfo: str, instance: Path, *, port: int
) -> Iterator[tuple[LumbungFlask, Preview]]:
    """The application of a preview, and the preview, which has not looked at the folder yet."""
    preview = Preview(folder, admin_conninfo)
    # By name, because only the one place that knows every feature can make the application.
    create_app: Callable[..., LumbungFlask] = import_string("wsgi:create_app")
    settings = Settings(
        database_url=urls.application,
        migration_database_url=urls.migration,
        secret_key=secrets.token_urlsafe(32),
        base_url=f"http://localhost:{port}",
        instance=instance,
        log_format="console",
        log_level="error",
    )
    app = create_app(settings, identity=PreviewIdentity(preview))
    install_scenario_runner(app, Unplayed())
    install_preview(app, preview)
    try:
        yield app, preview
    finally:
        with app.app_context():
            db.engine.dispose()


def _serve(app: LumbungFlask, preview: Preview, port: int) -> None:
    inside = app.wsgi_app

    def one_at_a_time(environ: WSGIEnvironment, start: StartResponse) -> list[bytes]:
        with preview.lock:
            answer: Any = inside(environ, start)
            try:
                return [b"".join(answer)]
            finally:
                if close := getattr(answer, "close", None):
                    close()

    # What is told here is where to look; each request is not worth a line.
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    stop = Event()
    server: BaseWSGIServer = make_server("127.0.0.1", port, one_at_a_time, threaded=True)
    watcher = Thread(target=_watch, args=(app, preview, stop), daemon=True)
    watcher.start()
    click.echo(
        t(
            "Pratinjau di http://{slug}.localhost:{port}/\nSimpan berkas, dan halamannya memuat ulang sendiri. "
            "Ctrl-C untuk berhenti.",
            "Preview at http://{slug}.localhost:{port}/\nSave a file, and the page loads itself again. "
            "Ctrl-C stops it.",
            slug=SLUG,
            port=port,
        )
    )
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        stop.set()
        watcher.join(timeout=30)
        server.server_close()


def _watch(app: LumbungFlask, preview: Preview, stop: Event) -> None:
    while True:
        if preview.look(app):
            for line in preview.told():
                click.echo(line)
        # What a click sets off happens without another process, and ends with this one.
        preview.work(app)
        if stop.wait(EVERY_SECONDS):
            return
