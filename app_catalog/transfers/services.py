"""Offering an app, and taking or refusing what was offered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import aliased

from app_catalog.publishers.models import Publisher
from app_catalog.releases.freezing import describe_app
from app_catalog.releases.loading import load_release_definition
from app_catalog.releases.models import App
from app_catalog.releases.states import list_states
from app_catalog.releases.telling import tell_publisher
from app_catalog.transfers.models import AppTransfer
from lumbung.audit import record_audit
from lumbung.db import now
from lumbung.db.tenancy import AnySession
from lumbung.errors import Conflict, Invalid, NotFound
from lumbung.i18n import Text, t
from lumbung.outbox import enqueue_effect
from lumbung.plain_text import plain_text
from lumbung.web.sites import hub_origin

LIFE = timedelta(days=30)
"""An offer that nobody took for so long is over."""
SPREAD = "spread_transfer"
"""The platform's effect that has every municipality look whether it runs the app."""


@dataclass(frozen=True, slots=True)
class Offered:
    """An offer with the app and both publishers."""

    transfer: AppTransfer
    app: App
    giver: Publisher
    taker: Publisher


def list_takers(session: AnySession, publisher: Publisher) -> list[Publisher]:
    """Publishers to whom an app can be offered, by name; at most 500."""
    query = select(Publisher).where(Publisher.status == "approved", Publisher.id != publisher.id)
    return list(session.scalars(query.order_by(Publisher.name, Publisher.slug).limit(500)))


def offer_app(
    session: AnySession, publisher: Publisher, app: App, *, to: str, message: str, account_id: UUID
) -> AppTransfer:
    """The app is offered to the publisher whose short address is `to`; its owners are told.

    Whoever calls has made sure that the account is an owner of `publisher`, whose app it is. Raises Invalid when `to`
    is no other approved publisher (nobody can answer for one that is suspended) or nothing is said, Conflict when it is
    offered already.
    """
    _lock(session, app)
    taker = session.scalar(select(Publisher).where(Publisher.slug == to.strip().lower()))
    errors: dict[str, list[str]] = {}
    if taker is None or taker.status != "approved" or taker.id == publisher.id:
        errors["to"] = [
            t(
                "Tulis alamat singkat penerbit lain yang sudah disetujui.",
                "Write the short address of another publisher that is approved.",
            )
        ]
    if not 5 <= len(plain_text(message)) <= 500:
        errors["message"] = [
            t("Tulis alasannya (5 sampai 500 huruf) untuk penerimanya.", "Say why (5 to 500 characters).")
        ]
    if errors or taker is None:
        raise Invalid(fields=errors)
    if find_offer(session, app) is not None:
        raise Conflict(Text("Aplikasi ini sedang ditawarkan. Cabut dahulu.", "It is offered already. Withdraw first."))
    _end_expired(session, app)
    transfer = AppTransfer(
        app_id=app.id,
        from_publisher_id=publisher.id,
        to_publisher_id=taker.id,
        message=plain_text(message),
        offered_by=account_id,
    )
    session.add(transfer)
    session.flush()
    _note(session, "offered", transfer)
    said = {"app": app.slug, "name": publisher.name, "message": plain_text(message)}
    tell_publisher(
        session,
        taker.id,
        subject=Text("{name} menawarkan {app} kepada Anda", "{name} offers you {app}").format(**said),
        text=Text(
            "{name} ingin menyerahkan aplikasi {app} kepada penerbit Anda: mulai saat itu hanya Anda yang "
            "menerbitkannya.\n\nKata mereka: {message}\n\nTerima atau tolak dalam 30 hari: {link}",
            "{name} wants to hand the app {app} over to your publisher: from then on only you publish it.\n\n"
            "They say: {message}\n\nAccept or decline within 30 days: {link}",
        ).format(**said, link=f"{hub_origin()}/publish/{taker.slug}/transfers/{transfer.id}"),
        about=("transfer", transfer.id),
        owners=True,
    )
    return transfer


def find_offer(session: AnySession, app: App) -> Offered | None:
    """The offer of an app that can still be taken, or None."""
    return next(iter(_offers(session, AppTransfer.app_id == app.id)), None)


def list_offers(session: AnySession, publisher: Publisher) -> list[Offered]:
    """What a publisher can take now, the oldest first."""
    return _offers(session, AppTransfer.to_publisher_id == publisher.id)


def access_offer_to(session: AnySession, publisher: Publisher, transfer_id: UUID) -> Offered:
    """An offer to the publisher that can still be taken: not too old, and its giver not suspended. Raises NotFound."""
    found = _offers(session, AppTransfer.id == transfer_id, AppTransfer.to_publisher_id == publisher.id)
    if not found:
        raise NotFound
    return found[0]


def accept_offer(session: AnySession, publisher: Publisher, transfer_id: UUID, *, account_id: UUID) -> App:
    """The app is the publisher's from now on; everybody who runs it is told, and so is who gave it.

    Raises NotFound for an offer that is not there any more, Conflict while a release of the app waits for a curator.
    """
    offered = access_offer_to(session, publisher, transfer_id)
    app = offered.app
    _lock(session, app)
    # Somebody else may have decided while this one waited for the row.
    offered = access_offer_to(session, publisher, transfer_id)
    if app.publisher_id != offered.giver.id:
        raise NotFound
    if any(state.kind == "submitted" for state in list_states(session, app.id)):
        raise Conflict(
            Text(
                "Ada rilis yang masih menunggu kurator. Terima aplikasi ini sesudah itu diputuskan.",
                "A release still waits for a curator. Accept the app once that is decided.",
            )
        )
    _decide(session, offered.transfer, "accepted", account_id)
    app.publisher_id = publisher.id
    if app.latest_release_id is not None:
        describe_app(app, load_release_definition(session, app.latest_release_id), publisher)
    session.flush()
    _answer(session, offered, Text("menerima", "accepted"), "")
    enqueue_effect(session, SPREAD, {"transfer_id": str(transfer_id)}, dedupe_key=f"transfer:{transfer_id}")
    return app


def decline_offer(
    session: AnySession, publisher: Publisher, transfer_id: UUID, *, account_id: UUID, reason: str
) -> None:
    """The app stays where it is, and who offered it reads why. Raises NotFound when the offer is not there any more."""
    _lock(session, access_offer_to(session, publisher, transfer_id).app)
    # Somebody else may have decided while this one waited for the row.
    offered = access_offer_to(session, publisher, transfer_id)
    offered.transfer.reason = plain_text(reason)[:500]
    _decide(session, offered.transfer, "declined", account_id)
    _answer(session, offered, Text("menolak", "declined"), offered.transfer.reason)


def withdraw_offer(session: AnySession, app: App, *, account_id: UUID) -> None:
    """The offer is over. Raises NotFound when there is none."""
    _lock(session, app)
    offered = find_offer(session, app)
    if offered is None:
        raise NotFound
    _decide(session, offered.transfer, "withdrawn", account_id)


def _offers(session: AnySession, *where: ColumnElement[bool]) -> list[Offered]:
    giver, taker = aliased(Publisher), aliased(Publisher)
    rows = session.execute(
        select(AppTransfer, App, giver, taker)
        .join(App, App.id == AppTransfer.app_id)
        .join(giver, giver.id == AppTransfer.from_publisher_id)
        .join(taker, taker.id == AppTransfer.to_publisher_id)
        .where(
            AppTransfer.status == "offered", AppTransfer.created_at > now() - LIFE, giver.status == "approved", *where
        )
        .order_by(AppTransfer.created_at)
        .execution_options(populate_existing=True)
    )
    return [Offered(*row) for row in rows]


def _lock(session: AnySession, app: App) -> None:
    # What happens to an app happens one after the other: its row is what they queue for.
    session.execute(select(App.id).where(App.id == app.id).with_for_update())


def _end_expired(session: AnySession, app: App) -> None:
    expired = session.scalars(select(AppTransfer).where(AppTransfer.app_id == app.id, AppTransfer.status == "offered"))
    for transfer in expired:
        _decide(session, transfer, "withdrawn", None)


def _decide(session: AnySession, transfer: AppTransfer, status: str, account_id: UUID | None) -> None:
    transfer.status, transfer.decided_by, transfer.decided_at = status, account_id, now()
    session.flush()
    _note(session, status, transfer)


def _answer(session: AnySession, offered: Offered, decided: Text, reason: str) -> None:
    said = {"app": offered.app.slug, "name": offered.taker.name, "decided": decided}
    tell_publisher(
        session,
        offered.giver.id,
        subject=Text("{name} {decided} {app}", "{name} {decided} {app}").format(**said),
        text=Text.paragraphs(
            Text("{name} {decided} aplikasi {app} dari Anda.", "{name} {decided} your app {app}.").format(**said),
            reason,
        ),
        about=("transfer", offered.transfer.id),
        owners=True,
    )


def _note(session: AnySession, status: str, transfer: AppTransfer) -> None:
    record_audit(
        session,
        f"app.transfer-{status}",
        subject_type="app",
        subject_id=transfer.app_id,
        before={"publisher": str(transfer.from_publisher_id)},
        after={"publisher": str(transfer.to_publisher_id), "transfer": str(transfer.id)},
    )
