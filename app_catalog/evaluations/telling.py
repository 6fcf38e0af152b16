"""Both sides are told: the maintainers of an evaluation or review, the municipality of a reply."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from app_catalog.publishers.models import PublisherMember
from app_catalog.releases.models import App
from lumbung.db import use_tenant
from lumbung.db.tenancy import AnySession, current_tenant
from lumbung.i18n import pick, t
from lumbung.messages import send_email
from lumbung.web.sites import url_on_hub
from tenants.accounts.models import Account
from tenants.people.models import Membership, RoleGrant


def tell_maintainers(session: AnySession, app: App, *, who: str, what: str) -> None:
    """An e-mail to every maintainer of the app's publisher, from the hub. `what` is `review`, `evaluation` or
    `request`."""
    people = session.scalars(
        select(Account)
        .join(PublisherMember, PublisherMember.account_id == Account.id)
        .where(PublisherMember.publisher_id == app.publisher_id, Account.disabled_at.is_(None))
    ).all()
    page = "request_pages.listed" if what == "request" else "catalog.app_page"
    name, link = pick(app.name), url_on_hub(page, slug=app.slug)
    kinds = {
        "review": t("ulasan", "a review"),
        "evaluation": t("evaluasi", "an evaluation"),
        "request": t("permintaan", "a request"),
    }
    before = current_tenant(session)
    # The letter is the hub's: maintainers have no part in the municipality that wrote.
    use_tenant(session, None)
    try:
        for person in people:
            send_email(
                session,
                to=person.email,
                subject=t(
                    "{who} menulis {what} untuk {app}",
                    "{who} wrote {what} about {app}",
                    who=who,
                    what=kinds[what],
                    app=name,
                ),
                text=t(
                    "{who} menulis {what} untuk {app}. Baca dan jawab di sini: {link}",
                    "{who} wrote {what} about {app}. Read it and reply here: {link}",
                    who=who,
                    what=kinds[what],
                    app=name,
                    link=link,
                ),
                subject_ref=(what, app.id),
            )
        session.flush()
    finally:
        use_tenant(session, before)


def tell_municipality(session: AnySession, app: App, *, publisher: str) -> None:
    """An e-mail to the municipality's evaluators and administrators that the maintainer has replied.

    Call it inside the municipality: the letter is hers.
    """
    name, link = pick(app.name), url_on_hub("catalog.app_page", slug=app.slug)
    for person in evaluators_and_administrators(session):
        send_email(
            session,
            to=person.email,
            subject=t(
                "{publisher} menjawab daerah Anda tentang {app}",
                "{publisher} has replied to your municipality about {app}",
                publisher=publisher,
                app=name,
            ),
            text=t(
                "{publisher} menjawab tulisan daerah Anda tentang {app}. Baca di sini: {link}",
                "{publisher} has replied to what your municipality wrote about {app}. Read it here: {link}",
                publisher=publisher,
                app=name,
                link=link,
            ),
            subject_ref=("reply", app.id),
        )


def evaluators_and_administrators(session: AnySession) -> Sequence[Account]:
    """Who is told in the session's municipality of what the publishers of its apps say."""
    return session.scalars(
        select(Account)
        .join(Membership, Membership.account_id == Account.id)
        .join(
            RoleGrant,
            (RoleGrant.tenant_id == Membership.tenant_id) & (RoleGrant.membership_id == Membership.id),
        )
        .where(
            Membership.tenant_id == current_tenant(session),
            Membership.ended_at.is_(None),
            Account.disabled_at.is_(None),
            RoleGrant.app_id == "",
            RoleGrant.role.in_(["evaluator", "tenant_admin"]),
        )
        .distinct()
    ).all()
