"""`python -m lumbung.local_stripe`: the double as a process of its own."""

from __future__ import annotations

import asyncio
import signal
import ssl
from pathlib import Path

import click

from lumbung.local_stripe import webhooks
from lumbung.local_stripe.server import Server
from lumbung.local_stripe.world import World

_ENDPOINT = "we_lumbung"


@click.command()
@click.option("--port", type=int, required=True, help="Porta. / The port to listen on.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Alamat. / The address to listen on.")
@click.option("--key", envvar="STRIPE_SECRET_KEY", required=True, help="Kunci API. / The API key that is accepted.")
@click.option(
    "--state", type=click.Path(path_type=Path, dir_okay=False), help="Berkas keadaan. / The file of its state."
)
@click.option("--webhook", help="Alamat webhook. / Where events are sent.")
@click.option("--webhook-secret", envvar="STRIPE_WEBHOOK_SECRETS", help="Rahasia webhook. / What signs the events.")
@click.option("--webhook-host", help="Isi kepala Host. / What the Host header of webhooks says.")
@click.option("--public-base", default="", help="Alamat bagi peramban. / The address that browsers use.")
@click.option("--page-host", default="127.0.0.1", help="Alamat halaman. / The address of the pages in the network.")
@click.option("--page-port", type=int, help="Porta halaman. / A port for the pages alone, with a certificate.")
@click.option("--certificate", type=click.Path(path_type=Path), help="Sertifikat (PEM). / The pages' certificate.")
@click.option("--certificate-key", type=click.Path(path_type=Path), help="Kunci sertifikat. / Its private key.")
def main(
    port: int,
    host: str,
    key: str,
    state: Path | None,
    webhook: str | None,
    webhook_secret: str | None,
    webhook_host: str | None,
    public_base: str,
    page_host: str,
    page_port: int | None,
    certificate: Path | None,
    certificate_key: Path | None,
) -> None:
    """Stripe tiruan: tidak ada uang sungguhan. / A local test double of Stripe: no real money."""
    if webhook is not None and not webhook_secret:
        raise click.UsageError("--webhook membutuhkan --webhook-secret. / --webhook needs --webhook-secret.")
    world = World(key=key, public_base=public_base.rstrip("/"))
    server = Server(world, state=state)
    if webhook is not None:
        # The secret may hold more than one, for a change of keys; the first one signs.
        secret = (webhook_secret or "").replace(",", " ").split()[0]
        webhooks.register(world, address=webhook, secret=secret, host=webhook_host, ident=_ENDPOINT)
    context = None
    if page_port is not None:
        if certificate is None:
            raise click.UsageError("--page-port membutuhkan --certificate. / --page-port needs --certificate.")
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate, certificate_key)
    asyncio.run(_serve(server, (host, port), (page_host, page_port) if page_port else None, context))


async def _serve(
    server: Server, place: tuple[str, int], pages: tuple[str, int] | None, context: ssl.SSLContext | None
) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    await server.start(host=place[0], port=place[1])
    if pages is not None:
        await server.start_pages(host=pages[0], port=pages[1], context=context)
    await stopped.wait()
    await server.stop()


if __name__ == "__main__":
    main()
