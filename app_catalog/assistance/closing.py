"""How the help was: stars and a sentence for the helper, shown to everybody only when the municipality agrees."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, select

from app_catalog.assistance.models import AssistanceCase, AssistanceThanks
from app_catalog.assistance.thread import lock_case
from lumbung.audit import record_audit
from lumbung.db import now
from lumbung.db.tenancy import AnySession
from lumbung.errors import Conflict, Invalid
from lumbung.i18n import Text, t
from lumbung.plain_text import plain_text
from tenants.municipalities.models import Municipality

LONGEST_THANKS = 600
SHOWN = 5
_NOT_YET = Text("Nilai bantuan setelah pendampingan ditutup.", "Judge the help once the case is closed.")


def rate_help(session: AnySession, case: AssistanceCase, *, stars: int | None, words: str, public: bool) -> None:
    """Keep how the help was; with `public` everybody reads it, without it nobody but both sides does.

    May be said again, which replaces it. Raises Conflict unless the help was given, Invalid for what does not fit.
    """
    case = lock_case(session, case)
    if case.state != "done" or not case.helper_name:
        raise Conflict(_NOT_YET)
    words = plain_text(words)
    errors: dict[str, list[str]] = {}
    if stars is None or not 1 <= stars <= 5:
        errors["stars"] = [t("Pilih 1 sampai 5.", "Choose 1 to 5.")]
    if len(words) > LONGEST_THANKS:
        errors["thanks"] = [t("Paling banyak {n} huruf.", "At most {n} characters.", n=LONGEST_THANKS)]
    if errors or stars is None:
        raise Invalid(fields=errors)
    case.rating, case.thanks, case.updated_at = stars, words, now()
    session.execute(
        delete(AssistanceThanks).where(
            AssistanceThanks.tenant_id == case.tenant_id, AssistanceThanks.case_id == case.id
        )
    )
    if public:
        session.add(
            AssistanceThanks(
                tenant_id=case.tenant_id,
                case_id=case.id,
                app_id=case.app_id,
                publisher_id=case.publisher_id,
                partner_id=case.partner_id,
                municipality_name=session.get_one(Municipality, case.tenant_id).name,
                helper_name=case.helper_name,
                stars=stars,
                words=words,
            )
        )
    session.flush()
    record_audit(
        session,
        "assistance.rated",
        subject_type="assistance",
        subject_id=case.id,
        after={"stars": stars, "public": public},
    )


def is_thanked_in_public(session: AnySession, case: AssistanceCase) -> bool:
    """Whether everybody reads what the municipality said about the help."""
    query = select(AssistanceThanks.id).where(
        AssistanceThanks.tenant_id == case.tenant_id, AssistanceThanks.case_id == case.id
    )
    return session.scalar(query.limit(1)) is not None


def list_thanks(session: AnySession, app_id: UUID) -> Sequence[AssistanceThanks]:
    """What municipalities say in public about help with an app, the newest first; those of suspended ones are left
    out."""
    return session.scalars(
        select(AssistanceThanks)
        .join(Municipality, Municipality.id == AssistanceThanks.tenant_id)
        .where(AssistanceThanks.app_id == app_id, Municipality.status != "suspended")
        .order_by(AssistanceThanks.created_at.desc())
        .limit(SHOWN)
    ).all()
