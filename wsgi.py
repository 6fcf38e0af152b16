"""The one place that knows every feature: `create_app()`."""

from __future__ import annotations

from lumbung.starting import keep_what_is_there, without_collecting

with without_collecting():
    import app_catalog.features
    import app_runtime.features
    import tenants.features
    from lumbung.doctor import assert_wall
    from lumbung.settings import Settings
    from lumbung.web.access import Identity
    from lumbung.web.app import create_host
    from lumbung.web.sites import LumbungFlask
    from tenants.directory import Directory
    from tenants.identity import AccountIdentity


def create_app(settings: Settings | None = None, *, identity: Identity | None = None) -> LumbungFlask:
    """The whole application, hub and portals, from the given settings or from the environment.

    `identity` says who is asking, where that is not for the accounts to say (a preview on its author's machine).
    From the environment, which is how it is served, it refuses to start when the doctor finds the wall between
    municipalities broken (`BrokenWall`).
    """
    chosen = settings or Settings.from_environment()
    with without_collecting():
        app = create_host(chosen, directory=Directory(), identity=identity or AccountIdentity())
        tenants.features.install(app)
        app_catalog.features.install(app)
        app_runtime.features.install(app)
    if settings is None:
        assert_wall(chosen.database_url)
        keep_what_is_there()
    return app
