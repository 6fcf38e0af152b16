"""`lumbung money …`: comparing the books, statements, and noting costs."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import click
from werkzeug.utils import import_string

from lumbung.db import db, now
from lumbung.db.tenancy import AnySession
from lumbung.errors import Invalid, LumbungError
from lumbung.ids import new_id
from lumbung.money.by_hand import note_cost
from lumbung.money.chart import BookAccount
from lumbung.money.gateway import the_gateway
from lumbung.money.periods import read_period
from lumbung.money.reconciling import reconcile
from lumbung.money.statements import COSTS, By, Measure, read_statement
from lumbung.money.subjects import check_subject
from lumbung.spreadsheets import csv_document
from lumbung.web.sites import LumbungFlask
from tenants.money.findings import finding_words
from tenants.money.forms import read_amount, read_moment, read_subject
from tenants.money.wording import line_names


@click.group()
def money() -> None:
    """Buku keuangan: pembandingan, laporan, biaya. / The books: comparison, statements, costs."""


@money.command("reconcile")
def reconcile_command() -> None:
    """Bandingkan buku dengan Stripe sekarang. / Compare the books with Stripe now; exit 1 when something is open."""
    with _platform() as session:
        made = reconcile(session, the_gateway())
        found = [(one["open"], *finding_words(one)) for one in made.findings]
        compared, waits = made.compared, made.open
    click.echo(f"{compared} gerakan dibandingkan. / {compared} movements compared.")
    for is_open, said, todo in found:
        click.echo(f"{'✗' if is_open else '·'} {said} {todo}")
    sys.exit(1 if waits else 0)


@money.command("statement")
@click.option("--by", type=click.Choice([by.value for by in By]), default=By.MONTH.value, show_default=True)
@click.option("--from", "first", default="", help="Hari pertama, 2026-01-01. / The first day.")
@click.option("--to", "last", default="", help="Hari terakhir. / The last day.")
def statement_command(by: str, first: str, last: str) -> None:
    """Cetak laporan sebagai CSV. / Print a statement as CSV."""
    with _platform() as session:
        statement = read_statement(session, read_period(first, last), By(by))
        names = line_names(session, statement)
        rows = [
            (line.key, names[line.key], *(getattr(line.figures, one) for one in Measure), line.figures.net)
            for line in statement.lines
        ]
    click.echo(csv_document(("key", "name", *Measure, "net"), rows).decode("utf-8-sig"), nl=False)


@money.command("post")
@click.argument("account", type=click.Choice([account.value for account in COSTS]))
@click.argument("amount")
@click.option(
    "--for", "subject", default="platform:lumbung", show_default=True, help="app:… municipality:… programme:…"
)
@click.option("--note", required=True, help="Untuk apa. / What for.")
@click.option("--on", "day", default="", help="Hari dibayar; hari ini bila kosong. / The day; today when empty.")
def post_command(account: str, amount: str, subject: str, note: str, day: str) -> None:
    """Catat biaya yang dibayar dari rekening. / Note a cost that was paid from the bank."""
    with _platform() as session:
        check_subject(session, read_subject(subject))
        note_cost(
            session,
            account=BookAccount(account),
            amount=read_amount(amount),
            at=_moment(day),
            subject=read_subject(subject),
            note=note,
            by=None,
            key=new_id(),
        )
    click.echo("Sudah dicatat. / Noted.")


def _moment(day: str) -> datetime:
    return read_moment(day, "on") if day else now()


@contextmanager
def _platform() -> Iterator[AnySession]:
    # By name, because this layer must not import the one place that knows every feature.
    app: LumbungFlask = import_string("wsgi:create_app")()
    with app.app_context():
        try:
            yield db.session
            db.session.commit()
        except Invalid as error:
            raise click.ClickException("; ".join(text for told in error.fields.values() for text in told)) from error
        except LumbungError as error:
            raise click.ClickException(str(error.message)) from error
