"""What a municipality does with its cases: ask, ask others too, withdraw, and find them again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import case as choose
from sqlalchemy import select, update

from app_catalog.assistance.models import AssistanceAddress, AssistanceCase
from app_catalog.assistance.thread import Party, lock_case, note_event, require_open
from app_catalog.assistance.whom_to_ask import Helper, list_helpers
from app_catalog.assistance.wording import FORMS, TOPICS
from app_catalog.installations.models import Installation
from lumbung.db import now
from lumbung.db.tenancy import AnySession, current_tenant
from lumbung.errors import Conflict, Invalid, NotFound
from lumbung.i18n import Text, t
from lumbung.plain_text import plain_text
from lumbung.web.access import Visitor
from tenants.municipalities.models import Municipality
from tenants.people.roles import ADMIN_ROLE
from tenants.people.telling import people_with_roles

SHORTEST_WORDS, LONGEST_WORDS, LONGEST_SUITABLE = 20, 2_000, 200
MOST_OPEN = 10
_TOO_MANY = Text(
    "Daerah Anda punya {n} permintaan yang masih terbuka tentang aplikasi ini. Selesaikan atau tarik salah satunya.",
    "Your municipality has {n} open cases about this app. Close or withdraw one first.",
).format(n=MOST_OPEN)


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What is asked: topic and form by their keys, when it suits, in what words, whom, and who answers for it."""

    topic: str
    form: str
    suitable: str
    words: str
    helpers: Collection[str]
    contact: str
    shares_progress: bool = False


def asking_party(session: AnySession, visitor: Visitor) -> Party:
    """The visitor as a person of the session's municipality."""
    assert visitor.account_id is not None
    municipality = session.get_one(Municipality, current_tenant(session))
    return Party("asker", visitor.account_id, visitor.name, municipality.name)


def list_cases(session: AnySession, installation: Installation) -> Sequence[AssistanceCase]:
    """The municipality's cases about the app, the newest first; the last 100."""
    return session.scalars(
        select(AssistanceCase)
        .where(AssistanceCase.tenant_id == installation.tenant_id, AssistanceCase.installation_id == installation.id)
        .order_by(AssistanceCase.created_at.desc())
        .limit(100)
    ).all()


def access_case(session: AnySession, installation: Installation, case_id: UUID) -> AssistanceCase:
    """A case of the session's municipality about the app; raises NotFound."""
    found = session.scalar(
        select(AssistanceCase).where(
            AssistanceCase.tenant_id == installation.tenant_id,
            AssistanceCase.installation_id == installation.id,
            AssistanceCase.id == case_id,
        )
    )
    if found is None:
        raise NotFound
    return found


def ask_for_help(
    session: AnySession, visitor: Visitor, installation: Installation, wish: Wish
) -> tuple[AssistanceCase, list[Helper]]:
    """A case of the municipality, and to whom it is addressed.

    Raises Invalid with what does not fit, Conflict when too many are open.
    """
    offered = list_helpers(session, installation.app_id, asker_id=installation.tenant_id)
    contacts = {str(person.id): person for person in people_with_roles(session, ADMIN_ROLE)}
    chosen = [helper for helper in offered if helper.key in wish.helpers]
    _check(wish, chosen=chosen, contacts=contacts)
    if sum(case.closed_at is None for case in list_cases(session, installation)) >= MOST_OPEN:
        raise Conflict(_TOO_MANY)
    contact = contacts[wish.contact]
    case = AssistanceCase(
        tenant_id=installation.tenant_id,
        installation_id=installation.id,
        app_id=installation.app_id,
        topic=wish.topic,
        form=wish.form,
        suitable=plain_text(wish.suitable),
        words=plain_text(wish.words),
        author=visitor.name,
        contact_id=contact.id,
        contact_name=contact.name,
        contact_email=contact.email,
        shares_progress=wish.shares_progress,
        updated_at=now(),
    )
    session.add(case)
    session.flush()
    address(session, case, chosen)
    note_event(session, case, asking_party(session, visitor), "asked", case.words)
    return case, chosen


def ask_others(
    session: AnySession, visitor: Visitor, case: AssistanceCase, keys: Collection[str]
) -> tuple[AssistanceCase, list[Helper]]:
    """Address a case that nobody has accepted to others too.

    Raises Conflict when somebody accepted it or it is closed, Invalid when nobody new is chosen.
    """
    case = lock_case(session, case)
    if case.state not in ("asked", "declined"):
        raise Conflict
    chosen = [helper for helper in helpers_left(session, case) if helper.key in keys]
    if not chosen:
        raise Invalid(fields={"helpers": [t("Pilih siapa yang ditanya.", "Choose whom to ask.")]})
    case.state, case.updated_at = "asked", now()
    address(session, case, chosen)
    party = asking_party(session, visitor)
    note_event(session, case, party, "asked_others", ", ".join(helper.name for helper in chosen))
    return case, chosen


def helpers_left(session: AnySession, case: AssistanceCase) -> list[Helper]:
    """Who may still be asked about a case."""
    rows = session.execute(
        select(AssistanceAddress.publisher_id, AssistanceAddress.partner_id).where(
            AssistanceAddress.municipality_id == case.tenant_id, AssistanceAddress.case_id == case.id
        )
    )
    asked = {publisher_id or partner_id for publisher_id, partner_id in rows}
    return [helper for helper in list_helpers(session, case.app_id, asker_id=case.tenant_id) if helper.id not in asked]


def withdraw_case(session: AnySession, visitor: Visitor, case: AssistanceCase) -> AssistanceCase:
    """The help is no longer needed. Raises Conflict when the case is closed already."""
    case = lock_case(session, case)
    require_open(case)
    case.state, case.closed_at, case.updated_at = "withdrawn", now(), now()
    note_event(session, case, asking_party(session, visitor), "withdrawn")
    return case


def end_addresses(session: AnySession, case: AssistanceCase, state: str) -> None:
    """Nobody waits for an answer any more: who was asked no longer sees the case (`state`), who helped still does."""
    waiting = AssistanceAddress.state == "asked"
    session.execute(
        update(AssistanceAddress)
        .where(
            AssistanceAddress.municipality_id == case.tenant_id,
            AssistanceAddress.case_id == case.id,
            AssistanceAddress.state.in_(("asked", "accepted")),
        )
        .values(state=choose((waiting, state), else_="done"), updated_at=now())
    )


def address(session: AnySession, case: AssistanceCase, helpers: Collection[Helper]) -> None:
    """Let these helpers find the case."""
    session.add_all(
        AssistanceAddress(
            municipality_id=case.tenant_id,
            case_id=case.id,
            app_id=case.app_id,
            publisher_id=helper.id if helper.kind == "publisher" else None,
            partner_id=helper.id if helper.kind == "partner" else None,
            topic=case.topic,
            updated_at=now(),
        )
        for helper in helpers
    )
    session.flush()


def list_addressed(session: AnySession, case: AssistanceCase) -> list[Helper]:
    """Who was asked and has not answered yet, or has accepted."""
    known = {helper.id: helper for helper in list_helpers(session, case.app_id, asker_id=case.tenant_id)}
    rows = session.execute(
        select(AssistanceAddress.publisher_id, AssistanceAddress.partner_id)
        .where(
            AssistanceAddress.municipality_id == case.tenant_id,
            AssistanceAddress.case_id == case.id,
            AssistanceAddress.state.in_(("asked", "accepted")),
        )
        .order_by(AssistanceAddress.created_at)
    )
    ids = [publisher_id or partner_id for publisher_id, partner_id in rows]
    return [known[id] for id in ids if id in known]


def _check(wish: Wish, *, chosen: Collection[Helper], contacts: Collection[str]) -> None:
    errors: dict[str, list[str]] = {}
    if wish.topic not in TOPICS:
        errors["topic"] = [t("Pilih tentang apa.", "Choose what it is about.")]
    if wish.form not in FORMS:
        errors["form"] = [t("Pilih bentuknya.", "Choose in what form.")]
    if not SHORTEST_WORDS <= len(plain_text(wish.words)) <= LONGEST_WORDS:
        errors["words"] = [
            t(
                "Tulis {low} sampai {high} huruf, supaya mereka dapat menyiapkan diri.",
                "Write {low} to {high} characters, so that they can prepare.",
                low=SHORTEST_WORDS,
                high=LONGEST_WORDS,
            )
        ]
    if len(plain_text(wish.suitable)) > LONGEST_SUITABLE:
        errors["suitable"] = [t("Paling banyak {n} huruf.", "At most {n} characters.", n=LONGEST_SUITABLE)]
    if not chosen:
        errors["helpers"] = [t("Pilih siapa yang ditanya.", "Choose whom to ask.")]
    if wish.contact not in contacts:
        errors["contact"] = [t("Pilih siapa yang dapat dihubungi.", "Choose who can be contacted.")]
    if errors:
        raise Invalid(fields=errors)
