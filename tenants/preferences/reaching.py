"""How one person is to be told of one kind of thing, now: what the host asks when it writes (ADR 52)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from uuid import UUID

from lumbung.db import now
from lumbung.db.tenancy import AnySession
from lumbung.messages import AT_ONCE, KINDS, Channel, Manner, MessageKind
from lumbung.push import Subscription
from tenants.calendars.services import load_calendar
from tenants.municipalities.addresses import municipality_origin
from tenants.municipalities.services import own_municipality
from tenants.preferences.choices import may_choose, refused_by, topic_of
from tenants.preferences.devices import drop_device, find_subscription
from tenants.preferences.grounds import all_hold, member_ground
from tenants.preferences.hours import hours_of
from tenants.preferences.quiet import Quiet, waits_until
from tenants.preferences.stopping import STOP_PATH, sign_topics


class PeoplesManners:
    """What people of the session's municipality chose (`lumbung.messages.Manners`)."""

    def of_accounts(
        self, session: AnySession, account_ids: Collection[UUID], kind: MessageKind
    ) -> Mapping[UUID, Manner]:
        """The manner of each account: channels that were not refused, the person's own hours or the municipality's."""
        refused, hours = refused_by(session, account_ids, kind), hours_of(session, account_ids)
        waiting = _Waiting(session, kind)
        return {
            account_id: Manner(
                email=(kind, Channel.EMAIL) not in (said := refused.get(account_id, frozenset())),
                push=Channel.PUSH in KINDS[kind].channels and (kind, Channel.PUSH) not in said,
                waits_until=waiting.until(hours.get(account_id, hours[None])),
                topic=topic_of(account_id, kind) if may_choose(kind, Channel.EMAIL) else None,
                grounds=(member_ground(account_id, kind),) if KINDS[kind].for_members else (),
            )
            for account_id in account_ids
        }

    def of_others(self, session: AnySession, kind: MessageKind) -> Manner:
        """The municipality's hours; who has no account chose nothing."""
        if KINDS[kind].urgent:
            return AT_ONCE
        return Manner(push=True, waits_until=_Waiting(session, kind).until(hours_of(session, ())[None]))

    def stop_address(self, session: AnySession, topics: str) -> str:
        """An address of the municipality's portal that holds the topics, signed."""
        return municipality_origin(own_municipality(session)) + STOP_PATH.format(token=sign_topics(session, topics))

    def still_hold(self, session: AnySession, grounds: str) -> bool:
        """Whether who was to be told is to be told still."""
        return all_hold(session, grounds)

    def find_device(self, session: AnySession, device_id: UUID) -> Subscription | None:
        """What a device is notified by."""
        return find_subscription(session, device_id)

    def forget_device(self, session: AnySession, device_id: UUID) -> None:
        """Drop a device that nothing can be sent to."""
        drop_device(session, device_id)


class _Waiting:
    """How long a kind waits now, for whatever hours; the calendar is looked up once, and only if it matters."""

    def __init__(self, session: AnySession, kind: MessageKind) -> None:
        self._session, self._spec, self._moment = session, KINDS[kind], now()
        self._zone = own_municipality(session).timezone
        self._is_working_day: Callable[[date], bool] | None = None

    def until(self, quiet: Quiet) -> datetime | None:
        if self._spec.urgent:
            return None
        on_working_days = self._spec.reminder and quiet.working_days
        if on_working_days and self._is_working_day is None:
            self._is_working_day = load_calendar(self._session).is_working_day
        return waits_until(
            self._moment, quiet, self._zone, is_working_day=self._is_working_day if on_working_days else None
        )
