"""`/operator/money`: what the books hold, and statements of what came and went."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import render_template, request, url_for

from lumbung.db import db
from lumbung.errors import Invalid
from lumbung.i18n import t
from lumbung.money.books import balances
from lumbung.money.by_hand import waiting_entries
from lumbung.money.going_live import read_health
from lumbung.money.payments import failed_refunds
from lumbung.money.periods import Period, read_period, this_month, this_year
from lumbung.money.statements import By, Line, Measure, Statement, read_figures, read_statement
from lumbung.spreadsheets import csv_document
from lumbung.web.access import OPERATOR, access
from lumbung.web.attached import send_csv
from tenants.money.blueprint import Page, money, the_settings
from tenants.money.wording import BY_NAMES, MEASURE_NAMES, line_names, plain_balances


@money.get("")
@access(OPERATOR)
def index() -> Page:
    """What the books hold, this month and this year, and what waits for somebody."""
    return render_template(
        "money/index.html",
        health=read_health(db.session, the_settings()),
        held=plain_balances(balances(db.session)),
        month=read_figures(db.session, this_month()),
        year=read_figures(db.session, this_year()),
        waiting=waiting_entries(db.session),
        failed=failed_refunds(db.session),
    )


@money.get("/statements")
@access(OPERATOR)
def statements() -> Page:
    """A statement by month, app, municipality, programme or kind."""
    by, period, errors = _asked()
    statement = read_statement(db.session, period, by)
    page = render_template(
        "money/statements.html",
        statement=statement,
        names=line_names(db.session, statement),
        by_names=BY_NAMES,
        by_options=[(by.value, str(name)) for by, name in BY_NAMES.items()],
        measures=MEASURE_NAMES,
        rows_of=_rows_of,
        errors=errors,
        typed={name: request.args.get(name, "") for name in ("from", "to")} if errors else {},
    )
    return (page, 422) if errors else page


@money.get("/statements.csv")
@access(OPERATOR)
def statement_csv() -> Page:
    """The same as a table."""
    by, period, errors = _asked()
    if errors:
        raise Invalid(fields=errors)
    statement = read_statement(db.session, period, by)
    names = line_names(db.session, statement)
    header = [str(BY_NAMES[by]), *(str(name) for name in MEASURE_NAMES.values()), t("Bersih", "Net"), t("Sisa", "Left")]
    # The order of columns is that of the page.
    rows = [_row(names[line.key], line) for line in statement.lines]
    rows.append(_row(t("Jumlah", "Total"), Line("", statement.total)))
    return send_csv(csv_document(header, rows), f"lumbung-{by}-{period.first}-{period.last}")


def _row(name: str, line: Line) -> list[object]:
    figures = line.figures
    return [name, *(getattr(figures, measure) for measure in Measure), figures.net, figures.left]


def _asked() -> tuple[By, Period, dict[str, list[str]]]:
    asked = request.args.get("by", "")
    by = By(asked) if asked in set(By) else By.MONTH
    try:
        return by, read_period(request.args.get("from", ""), request.args.get("to", "")), {}
    except Invalid as error:
        return by, this_year(), dict(error.fields)


def _rows_of(statement: Statement, measure: Measure, key: str | None) -> str:
    """Where the rows behind a figure are; those of the whole period without a key."""
    asked = {"from": str(statement.period.first), "to": str(statement.period.last), "measure": measure.value}
    if key is not None:
        asked |= {"by": statement.by.value, "line": key}
    return f"{url_for('money.journal')}?{urlencode(asked)}"
