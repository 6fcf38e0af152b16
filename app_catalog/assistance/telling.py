"""Both sides are told by e-mail, each person in the own language: the asker by its municipality, a publisher's people
by the hub, a partner's by the partner's own municipality.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app_catalog.assistance.models import AssistanceCase, AssistanceMeeting
from app_catalog.assistance.thread import Party
from app_catalog.assistance.whom_to_ask import Helper
from app_catalog.assistance.wording import TOPICS
from app_catalog.installations.models import Installation
from app_catalog.publishers.models import Publisher, PublisherMember
from app_catalog.releases.models import App
from lumbung.db import as_tenant, use_tenant
from lumbung.db.tenancy import AnySession, current_tenant
from lumbung.i18n import Text, show_datetime, speaking
from lumbung.messages import send_email
from lumbung.web.sites import url_on_hub
from tenants.accounts.models import Account
from tenants.municipalities.addresses import manage_address
from tenants.municipalities.models import Municipality
from tenants.people.roles import ADMIN_ROLE
from tenants.people.telling import people_with_roles


@dataclass(frozen=True, slots=True)
class Letter:
    """What people are sent; the address of the case, as their side sees it, is put below. `calendar` makes the
    invitation for one of them, with that address (RFC 5545)."""

    subject: Text
    text: Text | None = None
    calendar: Callable[[Account, str], str] | None = None


def helper_of(case: AssistanceCase) -> Helper | None:
    """Who accepted the case; None while nobody has."""
    if case.publisher_id is not None:
        return Helper("publisher", case.publisher_id, case.helper_name)
    if case.partner_id is not None:
        return Helper("partner", case.partner_id, case.helper_name)
    return None


def tell_asker(session: AnySession, case: AssistanceCase, letter: Letter) -> None:
    """A letter to each administrator of the municipality that asked; the session belongs to it."""
    slug = session.scalars(
        select(Installation.slug).where(
            Installation.tenant_id == case.tenant_id, Installation.id == case.installation_id
        )
    ).one()
    link = manage_address(session, f"/apps/{slug}/assistance/{case.id}")
    _send(session, case, people_with_roles(session, ADMIN_ROLE), letter, link)


def tell_helper(session: AnySession, case: AssistanceCase, helper: Helper, letter: Letter) -> None:
    """A letter to each person of a helper, from their own side of the wall."""
    link = url_on_hub("helping_pages.show", case_id=case.id)
    if helper.kind == "partner":
        with as_tenant(session, helper.id):
            _send(session, case, people_with_roles(session, ADMIN_ROLE), letter, link)
        return
    people = _people_of_publisher(session, helper)
    before = current_tenant(session)
    use_tenant(session, None)
    try:
        _send(session, case, people, letter, link)
        session.flush()
    finally:
        use_tenant(session, before)


def tell_other_side(session: AnySession, case: AssistanceCase, party: Party, letter: Letter) -> None:
    """A letter to the side that did not act; to nobody when no helper has accepted."""
    helper = helper_of(case)
    if party.side == "helper":
        tell_asker(session, case, letter)
    elif helper is not None:
        tell_helper(session, case, helper, letter)


def tell_both(session: AnySession, case: AssistanceCase, letter: Letter) -> None:
    """A letter to everybody on both sides."""
    tell_asker(session, case, letter)
    helper = helper_of(case)
    if helper is not None:
        tell_helper(session, case, helper, letter)


def tell_of_request(session: AnySession, case: AssistanceCase, helpers: Iterable[Helper]) -> None:
    """Those who are asked learn of it."""
    said = {
        "who": session.get_one(Municipality, case.tenant_id).name,
        "app": app_name(session, case),
        "topic": TOPICS[case.topic],
        "words": case.words,
    }
    letter = Letter(
        Text("{who} meminta pendampingan {app}", "{who} asks for help with {app}").format(**said),
        Text(
            "{who} meminta bantuan dengan {app}: {topic}.\n\n{words}\n\n"
            "Terima, tolak dengan alasan, atau teruskan kepada yang lain.",
            "{who} asks for help with {app}: {topic}.\n\n{words}\n\nAccept, decline with a reason, or hand it on.",
        ).format(**said),
    )
    for helper in helpers:
        tell_helper(session, case, helper, letter)


def app_name(session: AnySession, case: AssistanceCase) -> Text:
    """The name of the app that a case is about."""
    return Text.of(session.get_one(App, case.app_id).name)


def when_and_where(session: AnySession, case: AssistanceCase, meeting: AssistanceMeeting) -> Text:
    """The time of a meeting that was agreed on, by the municipality's clock, and its place."""
    assert meeting.starts_at is not None
    shown = []
    for language in ("id", "en"):
        with speaking(language):
            shown.append(f"{show_datetime(meeting.starts_at, zone_of(session, case), 'full')}\n{meeting.place}")
    return Text(*shown)


def zone_of(session: AnySession, case: AssistanceCase) -> str:
    """The time zone of the municipality that asked."""
    return session.get_one(Municipality, case.tenant_id).timezone


def _people_of_publisher(session: AnySession, helper: Helper) -> Sequence[Account]:
    return session.scalars(
        select(Account)
        .join(PublisherMember, PublisherMember.account_id == Account.id)
        .join(Publisher, Publisher.id == PublisherMember.publisher_id)
        .where(
            PublisherMember.publisher_id == helper.id,
            Publisher.status == "approved",
            Account.disabled_at.is_(None),
        )
        .order_by(Account.id)
    ).all()


def _send(session: AnySession, case: AssistanceCase, people: Iterable[Account], letter: Letter, link: str) -> None:
    for person in people:
        with speaking(person.language):
            send_email(
                session,
                to=person.email,
                subject=str(letter.subject),
                text=str(Text.paragraphs(letter.text or letter.subject, link)),
                calendar=letter.calendar(person, link) if letter.calendar else None,
                subject_ref=("assistance", case.id),
            )
