"""The HTTP server of the double: API, pages and handles on one port."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from pathlib import Path

from aiohttp import web

from lumbung.local_stripe.api import Api
from lumbung.local_stripe.config import Config
from lumbung.local_stripe.due import catch_up
from lumbung.local_stripe.faults import Faults
from lumbung.local_stripe.pages import Pages
from lumbung.local_stripe.state import StateFile
from lumbung.local_stripe.webhooks import Deliveries
from lumbung.local_stripe.world import World

_TICK_SECONDS = 1.0
_LARGEST_REQUEST = 1024 * 1024


class Server:
    """One account behind one port. All of it lives in the event loop that starts it."""

    def __init__(self, world: World, *, state: Path | None = None) -> None:
        self.world = world
        self.faults = Faults()
        self.deliveries = Deliveries(world)
        self.config = Config(world, self.faults, self.deliveries)
        self._state = StateFile(state, world) if state is not None else None
        if self._state is not None:
            self._state.read()
        self._runner: web.AppRunner | None = None
        self._page_runner: web.AppRunner | None = None
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self, *, host: str = "127.0.0.1", port: int = 0) -> int:
        """Begin to answer, do what was missed while it was off, and give the port. Raises `OSError` when taken."""
        app = web.Application(client_max_size=_LARGEST_REQUEST)
        Api(self.world, self.faults).install(app)
        Pages(self.world).install(app)
        self.config.install(app)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, host, port)
        await site.start()
        bound: int = self._runner.addresses[0][1]
        if not self.world.public_base:
            self.world.public_base = f"http://127.0.0.1:{bound}"
        catch_up(self.world)
        self._tasks = [asyncio.create_task(self.deliveries.run()), asyncio.create_task(self._tick())]
        return bound

    async def start_pages(self, *, host: str, port: int, context: ssl.SSLContext | None) -> None:
        """Answer the pages, and only them, at another place too: for phones in the local network."""
        app = web.Application(client_max_size=_LARGEST_REQUEST)
        Pages(self.world).install(app)
        self._page_runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._page_runner.setup()
        await web.TCPSite(self._page_runner, host, port, ssl_context=context).start()

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(_TICK_SECONDS)
            self.catch_up()
            self.save()

    def catch_up(self) -> None:
        """Do what is due."""
        catch_up(self.world)

    def save(self) -> None:
        """Write the state down where it is kept and has changed."""
        if self._state is not None:
            self._state.write()

    async def stop(self) -> None:
        """Stop answering, and write the state down."""
        for task in self._tasks:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        for runner in (self._page_runner, self._runner):
            if runner is not None:
                await runner.cleanup()
        await self.deliveries.close()
        self.save()
