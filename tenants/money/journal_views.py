"""`/operator/money/journal`: every row of the books, and what may be done about one by hand."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for

from lumbung.db import db
from lumbung.errors import Conflict, Invalid
from lumbung.i18n import show_rupiah, t
from lumbung.money.agreements import get_agreement
from lumbung.money.by_hand import (
    REVERSIBLE,
    attribute_entry,
    get_entry,
    is_waiting,
    reverse_entry,
    reversed_ids,
)
from lumbung.money.chart import NAMES, BookAccount
from lumbung.money.journal import KINDS, Wanted, all_rows, list_journal
from lumbung.money.payments import newest_agreements
from lumbung.money.periods import Period, read_period
from lumbung.money.receipts import JAKARTA
from lumbung.money.statements import By, Measure
from lumbung.money.subjects import name_subjects
from lumbung.spreadsheets import csv_file
from lumbung.web.access import OPERATOR, access
from lumbung.web.attached import send_long_csv
from tenants.money.blueprint import Page, asked_id, money, own_account
from tenants.money.naming import account_names

_KEPT = ("from", "to", "account", "kind", "agreement", "payment", "measure", "by", "line", "q")


@money.get("/journal")
@access(OPERATOR)
def journal() -> Page:
    """The rows that fit, the newest first."""
    wanted, errors = _wanted()
    page = render_template(
        "money/journal.html",
        found=list_journal(db.session, wanted, before=asked_id("before")),
        wanted=wanted,
        account_names=NAMES,
        account_options=[(account.value, str(name)) for account, name in NAMES.items()],
        kinds=KINDS,
        kind_options=[(kind, str(name)) for kind, name in KINDS.items()],
        kept={name: request.args[name] for name in _KEPT if name in request.args},
        errors=errors,
    )
    return (page, 422) if errors else page


@money.get("/journal.csv")
@access(OPERATOR)
def journal_csv() -> Page:
    """The same rows, the oldest first, as a table."""
    wanted, errors = _wanted()
    if errors:
        raise Invalid(fields=errors)
    header = (
        *("time", "debit", "credit", "amount", "kind", "source", "receipt", "agreement"),
        *("subject_type", "subject_id", "note", "settled_hundredths", "settled_currency", "booked_by"),
    )
    rows = (
        (
            entry.at.astimezone(JAKARTA).isoformat(timespec="seconds"),
            entry.debit,
            entry.credit,
            entry.amount,
            entry.kind,
            entry.source,
            receipt,
            entry.agreement_id,
            entry.subject_type,
            entry.subject_id,
            entry.note,
            entry.settled,
            entry.settled_currency,
            entry.booked_by,
        )
        for entry, receipt in ((row.entry, row.receipt) for row in all_rows(db.session, wanted))
    )
    return send_long_csv(csv_file(header, rows), "lumbung-journal")


@money.get("/journal/<uuid:entry_id>")
@access(OPERATOR)
def entry(entry_id: UUID) -> Page:
    """One row, and what may be done about it."""
    return _entry_page(entry_id, {})


@money.post("/journal/<uuid:entry_id>/reverse")
@access(OPERATOR)
def reverse(entry_id: UUID) -> Page:
    """Take a row that was made by hand back."""
    try:
        reverse_entry(db.session, entry_id, reason=request.form.get("reason", ""), by=own_account())
    except Invalid as error:
        return _entry_page(entry_id, error.fields), error.status
    except Conflict as error:
        return _entry_page(entry_id, {"reason": [str(error.message)]}), error.status
    flash(
        t("Baris itu sudah dikoreksi dengan baris lawannya.", "A row the other way round corrects it now."), "success"
    )
    return redirect(url_for("money.entry", entry_id=entry_id), code=303)


@money.post("/journal/<uuid:entry_id>/attribute")
@access(OPERATOR)
def attribute(entry_id: UUID) -> Page:
    """Say from whom money came."""
    try:
        chosen = UUID(request.form.get("agreement", ""))
    except ValueError:
        missing = t("Pilih kesepakatannya.", "Choose the agreement.")
        return _entry_page(entry_id, {"agreement": [missing]}), 422
    try:
        attribute_entry(db.session, entry_id, get_agreement(db.session, chosen), by=own_account())
    except Conflict as error:
        return _entry_page(entry_id, {"agreement": [str(error.message)]}), error.status
    flash(t("Asal uang ini sudah dicatat.", "It is noted from whom this money came."), "success")
    return redirect(url_for("money.entry", entry_id=entry_id), code=303)


def _entry_page(entry_id: UUID, errors: Mapping[str, list[str]]) -> str:
    found = get_entry(db.session, entry_id)
    waiting = is_waiting(db.session, found)
    subject = (found.subject_type or "", found.subject_id or "")
    return render_template(
        "money/entry.html",
        entry=found,
        account_names=NAMES,
        kinds=KINDS,
        subject=name_subjects(db.session, [subject]).get(subject, ""),
        people=account_names(db.session, [found.booked_by]),
        waiting=waiting,
        agreement_options=[
            (str(one.id), f"{one.payer_name} · {one.description} · {show_rupiah(one.amount)}")
            for one in (newest_agreements(db.session) if waiting else ())
        ],
        reversible=found.kind in REVERSIBLE,
        taken_back=found.id in reversed_ids(db.session, [found]),
        errors=errors,
        typed=request.form,
    )


def _wanted() -> tuple[Wanted, dict[str, list[str]]]:
    args, errors = request.args, {}
    period: Period | None = None
    if args.get("from") or args.get("to"):
        try:
            period = read_period(args.get("from", ""), args.get("to", ""))
        except Invalid as error:
            errors = dict(error.fields)
    account, measure, by = args.get("account", ""), args.get("measure", ""), args.get("by", "")
    return Wanted(
        period=period,
        account=BookAccount(account) if account in set(BookAccount) else None,
        kind=args.get("kind", "")[:40],
        agreement_id=asked_id("agreement"),
        payment_id=asked_id("payment"),
        measure=Measure(measure) if measure in set(Measure) else None,
        by=By(by) if by in set(By) else None,
        line=args.get("line", "")[:100],
        words=args.get("q", "")[:200],
    ), errors
