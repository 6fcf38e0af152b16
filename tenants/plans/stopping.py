"""What stops when a limit is reached. Citizens' reports, answers to them, messages and exports never ask here."""

from __future__ import annotations

from lumbung.db.tenancy import AnySession, current_tenant
from lumbung.i18n import Text, show_bytes, show_number, speaking
from tenants.plans.catalogue import Resource
from tenants.plans.errors import no_room, quota_reached
from tenants.plans.standing import standing_of
from tenants.plans.thresholds import settle_level
from tenants.plans.usage import hold_use, uses_of


def require_room(session: AnySession, resource: Resource, *, adding: int = 1, later: bool = False) -> None:
    """Go on only with room for `adding` more (bytes, records, e-mails) in the session's municipality; who asks holds
    the room until the transaction ends, so that others who ask meanwhile count what it adds. With `later` it is not
    added in this transaction, and asked for again then.

    Raises QuotaReached when the limit is reached already, NoRoomLeft when there is room but not for so much.
    """
    row, use = hold_use(session, resource)
    if use.full:
        raise quota_reached(resource)
    if adding > use.left:
        raise no_room(resource, asked=_shown(resource, adding), left=_shown(resource, use.left))
    if not later:
        settle_level(session, row, used=use.used + adding, limit=use.limit)


def require_unfilled(session: AnySession, *resources: Resource) -> None:
    """Go on only while none of these limits is reached in the session's municipality. Raises QuotaReached."""
    tenant_id = current_tenant(session)
    assert tenant_id is not None
    for use in uses_of(session, standing_of(session, tenant_id)):
        if use.resource in resources and use.full:
            raise quota_reached(use.resource)


def _shown(resource: Resource, amount: int) -> Text:
    show = show_bytes if resource == Resource.FILES else show_number
    in_each = []
    for language in ("id", "en"):
        with speaking(language):
            in_each.append(show(amount))
    return Text(*in_each)
