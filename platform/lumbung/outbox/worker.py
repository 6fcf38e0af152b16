"""The worker process: woken by the queue, and looking by itself every few seconds."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import threading
from uuid import UUID

import procrastinate
import structlog
from flask import Flask
from procrastinate.exceptions import ConnectorException
from sqlalchemy import make_url

from lumbung.outbox.delivery import deliver_effect, describe_error
from lumbung.outbox.queue import QUEUE_NAME, QUEUE_SCHEMA, WAKE_TASK
from lumbung.outbox.sweep import drain, sweep

SWEEP_SECONDS = 5.0
WAITING_SECONDS = 1.0
"""How soon what asks a slow service is begun, at the latest."""
CONCURRENCY = 2
# Longer than the mail server may take to answer.
FINISH_SECONDS = 25.0
_RECONNECT_SECONDS = 2.0

log = structlog.get_logger("lumbung.worker")


def run_worker(app: Flask, *, stop: threading.Event | None = None) -> None:
    """Work until SIGTERM, SIGINT or `stop`; what is under way is finished first.

    Killed at any point it loses nothing: effects stay pending until their work has committed. The database
    may come and go. Several workers may run at once.
    """
    stop = stop or threading.Event()
    sweeper = threading.Thread(target=_sweep_until, args=(app, stop), name="sweep")
    waiter = threading.Thread(target=_wait_until, args=(app, stop), name="waiting")
    for thread in (sweeper, waiter):
        thread.start()
    try:
        asyncio.run(_serve(app, stop))
    finally:
        stop.set()
        sweeper.join()
        waiter.join()
    log.info("worker-stopped")


def _sweep_until(app: Flask, stop: threading.Event) -> None:
    while not stop.is_set():
        try:
            sweep(app)
        except Exception as error:
            log.warning("sweep-failed", reason=describe_error(error))
        stop.wait(SWEEP_SECONDS)


def _wait_until(app: Flask, stop: threading.Event) -> None:
    """What asks a slow service, one after the other: only what asks it, too, waits for it."""
    while not stop.is_set():
        try:
            drain(app, waiting=True, stop=stop)
        except Exception as error:
            log.warning("waiting-failed", reason=describe_error(error))
        stop.wait(WAITING_SECONDS)


async def _serve(app: Flask, stop: threading.Event) -> None:
    _listen_to_signals(stop)
    stopped = asyncio.create_task(asyncio.to_thread(stop.wait))
    log.info("worker-started")
    try:
        while not stop.is_set():
            try:
                await _take_wakeups(app, stopped)
            except (ConnectorException, OSError) as error:
                log.warning("queue-lost", reason=describe_error(error))
                await asyncio.wait({stopped}, timeout=_RECONNECT_SECONDS)
    finally:
        stop.set()
        await stopped


async def _take_wakeups(app: Flask, stopped: asyncio.Task[bool]) -> None:
    queue = _queue(app)
    async with queue.open_async():
        running = asyncio.create_task(
            queue.run_worker_async(
                queues=[QUEUE_NAME],
                concurrency=CONCURRENCY,
                install_signal_handlers=False,
                delete_jobs="always",
                shutdown_graceful_timeout=FINISH_SECONDS,
            )
        )
        await asyncio.wait({running, stopped}, return_when=asyncio.FIRST_COMPLETED)
        if not running.done():
            # Cancelling is how the library is asked to finish what it has begun and to take nothing new.
            running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running


def _queue(app: Flask) -> procrastinate.App:
    connector = procrastinate.PsycopgConnector(
        conninfo=_conninfo(app),
        kwargs={"options": f"-c search_path={QUEUE_SCHEMA}"},
        min_size=1,
        max_size=CONCURRENCY + 2,
        timeout=5.0,
    )
    queue = procrastinate.App(connector=connector)

    @queue.task(name=WAKE_TASK)
    def wake(tenant_id: str | None, effect_id: str) -> None:
        deliver_effect(app, UUID(tenant_id) if tenant_id else None, UUID(effect_id))

    return queue


def _conninfo(app: Flask) -> str:
    url = make_url(app.config["SQLALCHEMY_DATABASE_URI"]).set(drivername="postgresql")
    return url.render_as_string(hide_password=False)


def _listen_to_signals(stop: threading.Event) -> None:
    if threading.current_thread() is not threading.main_thread():
        return
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
