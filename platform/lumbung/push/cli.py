"""`lumbung push-key`."""

from __future__ import annotations

import click

from lumbung.push.keys import make_private_key


@click.command("push-key")
def push_key() -> None:
    """Buat kunci untuk VAPID_PRIVATE_KEY. / Make a key for VAPID_PRIVATE_KEY.

    A new key ends what browsers subscribed to with the former one.
    """
    click.echo(make_private_key())
