"""What a helper does: find the cases addressed to it, accept, decline, hand on.

The way into a municipality's case is its row in `assistance_addresses`; without one that is the account's to answer,
the case is not there (ADR 0043).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select

from app_catalog.assistance.asking import address, end_addresses, helpers_left
from app_catalog.assistance.models import AssistanceAddress, AssistanceCase
from app_catalog.assistance.thread import Party, lock_case, note_event
from app_catalog.assistance.whom_to_ask import Helper
from app_catalog.publishers.members import publishers_of
from app_catalog.publishers.models import Publisher
from app_catalog.publishers.services import municipalities_administered_by
from app_catalog.releases.models import App
from lumbung.db import as_tenant, now
from lumbung.db.tenancy import AnySession
from lumbung.errors import Conflict, Invalid, NotFound
from lumbung.i18n import Text, t
from lumbung.plain_text import plain_text
from lumbung.web.access import Visitor
from tenants.municipalities.models import Municipality

VISIBLE = ("asked", "accepted", "done")
SHORTEST_REASON, LONGEST_REASON = 10, 1_000
PAGE = 50
_AT_WORK = Municipality.status != "suspended"
_TAKEN = Text(
    "Permintaan ini sudah tidak menunggu jawaban Anda. Muat ulang halaman.",
    "This request no longer waits for your answer. Reload the page.",
)


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of what a person is asked to help with."""

    address: AssistanceAddress
    app: App
    municipality: Municipality
    helper_name: str


@dataclass(frozen=True, slots=True)
class Helping:
    """A case as one of its helpers holds it, inside the municipality that asked."""

    case: AssistanceCase
    address: AssistanceAddress
    helper: Helper
    party: Party
    app: App
    municipality: Municipality


def list_to_help(session: AnySession, account_id: UUID, *, page: int = 1) -> list[Listed]:
    """What the account's publishers and municipalities are asked, open ones first; one more than a page holds. While a
    municipality is suspended its cases are not there."""
    publishers, partners = _sides(session, account_id)
    rows = session.execute(
        select(AssistanceAddress, App, Municipality)
        .join(App, App.id == AssistanceAddress.app_id)
        .join(Municipality, Municipality.id == AssistanceAddress.municipality_id)
        .where(_own(publishers, partners), AssistanceAddress.state.in_(VISIBLE), _AT_WORK)
        .order_by(AssistanceAddress.state != "asked", AssistanceAddress.state, AssistanceAddress.updated_at.desc())
        .offset((page - 1) * PAGE)
        .limit(PAGE + 1)
    )
    names = {**publishers, **partners}
    return [Listed(found, app, municipality, names[_helper(found).id]) for found, app, municipality in rows]


def count_to_answer(session: AnySession, account_id: UUID) -> int:
    """How many requests wait for an answer of the account's publishers and municipalities."""
    publishers, partners = _sides(session, account_id)
    query = (
        select(func.count())
        .select_from(AssistanceAddress)
        .join(Municipality, Municipality.id == AssistanceAddress.municipality_id)
        .where(_own(publishers, partners), AssistanceAddress.state == "asked", _AT_WORK)
    )
    return session.scalar(query) or 0


@contextmanager
def helping(session: AnySession, visitor: Visitor, case_id: UUID) -> Iterator[Helping]:
    """Inside the block the session belongs to the municipality that asked; afterwards to nobody.

    Raises NotFound unless the case is addressed to a publisher that the visitor acts for, or to a municipality that
    the visitor administers, and while the municipality that asked is suspended.
    """
    assert visitor.account_id is not None
    publishers, partners = _sides(session, visitor.account_id)
    row = session.execute(
        select(AssistanceAddress, App, Municipality)
        .join(App, App.id == AssistanceAddress.app_id)
        .join(Municipality, Municipality.id == AssistanceAddress.municipality_id)
        .where(
            _own(publishers, partners),
            AssistanceAddress.case_id == case_id,
            AssistanceAddress.state.in_(VISIBLE),
            _AT_WORK,
        )
        .order_by(AssistanceAddress.state, AssistanceAddress.publisher_id.is_(None))
        .limit(1)
    ).one_or_none()
    if row is None:
        raise NotFound
    found, app, municipality = row
    nameless = _helper(found)
    helper = replace(nameless, name={**publishers, **partners}[nameless.id])
    party = Party("helper", visitor.account_id, visitor.name, helper.name)
    with as_tenant(session, found.municipality_id):
        case = session.get(AssistanceCase, (found.municipality_id, case_id))
        if case is None:
            raise NotFound
        yield Helping(case, found, helper, party, app, municipality)


def accept_case(session: AnySession, helped: Helping) -> tuple[AssistanceCase, list[Helper]]:
    """The helper will help; from now on nobody else who was asked does.

    Gives the case, and the others whose answer it no longer waits for. Raises Conflict when it does not wait for this
    one.
    """
    case = _lock_asked(session, helped)
    others = session.scalars(
        select(AssistanceAddress).where(
            AssistanceAddress.municipality_id == case.tenant_id,
            AssistanceAddress.case_id == case.id,
            AssistanceAddress.id != helped.address.id,
            AssistanceAddress.state == "asked",
        )
    ).all()
    for other in others:
        other.state, other.updated_at = "taken", now()
    helped.address.state, helped.address.updated_at = "accepted", now()
    case.state, case.accepted_at, case.updated_at = "accepted", now(), now()
    case.publisher_id, case.partner_id = helped.address.publisher_id, helped.address.partner_id
    case.helper_name = helped.helper.name
    note_event(session, case, helped.party, "accepted")
    return case, [_helper(other) for other in others]


def decline_case(session: AnySession, helped: Helping, reason: str) -> AssistanceCase:
    """The helper cannot help, and says why; when nobody is left the municipality may ask others.

    Raises Invalid without a reason, Conflict when the case does not wait for the helper.
    """
    reason = _checked(reason)
    case = _lock_asked(session, helped)
    helped.address.state, helped.address.updated_at = "declined", now()
    session.flush()
    if not _waiting(session, case):
        case.state, case.updated_at = "declined", now()
    note_event(session, case, helped.party, "declined", reason)
    return case


def hand_on(session: AnySession, helped: Helping, key: str, reason: str) -> tuple[AssistanceCase, Helper]:
    """Somebody else is the better helper: the case is addressed there, and no longer here.

    Raises Invalid without a reason or when nobody who may be asked is chosen, Conflict when it does not wait for the
    helper.
    """
    case = _lock_asked(session, helped)
    choices = {helper.key: helper for helper in helpers_left(session, case)}
    if key not in choices:
        raise Invalid(fields={"to": [t("Pilih kepada siapa diteruskan.", "Choose to whom it goes.")]})
    reason = _checked(reason)
    helped.address.state, helped.address.updated_at = "handed_on", now()
    address(session, case, [choices[key]])
    note_event(session, case, helped.party, "handed_on", f"{choices[key].name}. {reason}")
    return case, choices[key]


def close_case(session: AnySession, case: AssistanceCase, party: Party, words: str = "") -> AssistanceCase:
    """The help is given. Raises Conflict unless somebody is helping, Invalid when the words are too long."""
    words = plain_text(words)
    if len(words) > LONGEST_REASON:
        raise Invalid(fields={"words": [t("Paling banyak {n} huruf.", "At most {n} characters.", n=LONGEST_REASON)]})
    case = lock_case(session, case)
    if case.state not in ("accepted", "under_way"):
        raise Conflict
    case.state, case.closed_at, case.updated_at = "done", now(), now()
    end_addresses(session, case, "done")
    note_event(session, case, party, "done", words)
    return case


def _lock_asked(session: AnySession, helped: Helping) -> AssistanceCase:
    case = lock_case(session, helped.case)
    session.refresh(helped.address)
    if case.state != "asked" or helped.address.state != "asked":
        raise Conflict(_TAKEN)
    return case


def _waiting(session: AnySession, case: AssistanceCase) -> bool:
    query = select(AssistanceAddress.id).where(
        AssistanceAddress.municipality_id == case.tenant_id,
        AssistanceAddress.case_id == case.id,
        AssistanceAddress.state == "asked",
    )
    return session.scalar(query.limit(1)) is not None


def _checked(reason: str) -> str:
    reason = plain_text(reason)
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        raise Invalid(
            fields={
                "reason": [
                    t(
                        "Tulis alasannya dalam {low} sampai {high} huruf, supaya mereka mengerti.",
                        "Say why in {low} to {high} characters, so that they understand.",
                        low=SHORTEST_REASON,
                        high=LONGEST_REASON,
                    )
                ]
            }
        )
    return reason


def _sides(session: AnySession, account_id: UUID) -> tuple[dict[UUID, str], dict[UUID, str]]:
    """Names of the publishers that an account acts for and of the municipalities that it administers."""
    rows = session.execute(
        select(Publisher.id, Publisher.name).where(Publisher.id.in_(publishers_of(session, account_id)))
    )
    own = {municipality.id: municipality.name for municipality in municipalities_administered_by(session, account_id)}
    return {row.id: row.name for row in rows}, own


def _helper(address: AssistanceAddress) -> Helper:
    """Who is addressed, without a name."""
    if address.publisher_id is not None:
        return Helper("publisher", address.publisher_id, "")
    assert address.partner_id is not None
    return Helper("partner", address.partner_id, "")


def _own(publishers: Collection[UUID], partners: Collection[UUID]) -> ColumnElement[bool]:
    return or_(AssistanceAddress.publisher_id.in_(publishers), AssistanceAddress.partner_id.in_(partners))
