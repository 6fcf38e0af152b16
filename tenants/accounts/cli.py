"""`lumbung account …`: the first operator, and links for people who are locked out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click
from werkzeug.utils import import_string

from lumbung.db import db
from lumbung.db.tenancy import AnySession
from lumbung.errors import NotFound
from lumbung.web.sites import LumbungFlask
from tenants.accounts.links import BY_HAND, make_reset_link
from tenants.accounts.services import create_account, find_account


@click.group()
def account() -> None:
    """Akun orang: operator pertama, tautan kata sandi. / Accounts: the first operator, password links."""


@account.command("create")
@click.argument("email")
@click.option("--name", default="", help="Nama orangnya. / The person's name.")
@click.option("--operator", is_flag=True, help="Operator hub: menilai klaim daerah. / Operator of the hub.")
@click.option("--curator", is_flag=True, help="Kurator katalog. / Curator of the catalog.")
def create_command(email: str, name: str, operator: bool, curator: bool) -> None:
    """Buat akun dan cetak tautan sekali pakai untuk kata sandinya. / Make an account and print its one-time link."""
    with _platform() as session:
        made = create_account(
            session,
            email=email,
            name=name or email.split("@")[0],
            is_operator=operator,
            is_curator=curator or operator,
        )
        _print_link(make_reset_link(session, made))


@account.command("reset")
@click.argument("email")
def reset_command(email: str) -> None:
    """Cetak tautan sekali pakai untuk kata sandi baru. / Print a one-time link for a new password."""
    with _platform() as session:
        found = find_account(session, email)
        if found is None:
            raise NotFound
        _print_link(make_reset_link(session, found))


def _print_link(link: str) -> None:
    hours = int(BY_HAND.total_seconds() // 3600)
    click.echo(
        f"Serahkan tautan ini langsung kepada pemiliknya; berlaku {hours} jam dan hanya sekali. / "
        f"Hand this link to its owner; it works once, within {hours} hours:"
    )
    click.echo(link)


@contextmanager
def _platform() -> Iterator[AnySession]:
    # By name, because this layer must not import the one place that knows every feature.
    app: LumbungFlask = import_string("wsgi:create_app")()
    with app.app_context():
        yield db.session
        db.session.commit()
