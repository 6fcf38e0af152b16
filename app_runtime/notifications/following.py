"""Following one record on one's own device, by its tracking code; and stopping its e-mails without an account."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from app_runtime.notifications.models import RecordFollower, RecordSilence
from app_runtime.records.models import Record
from app_runtime.records.reading import find_record
from lumbung.db import now
from lumbung.db.tenancy import AnySession, current_tenant
from lumbung.errors import Conflict, NotFound
from lumbung.i18n import Text
from lumbung.ids import new_id
from lumbung.messages import Message, MessageStatus
from lumbung.push import Subscription
from tenants.preferences.choices import drop_waiting
from tenants.preferences.devices import keep_device
from tenants.preferences.models import PushDevice
from tenants.preferences.stopping import stops

MOST_FOLLOWERS = 10


class TooManyFollowers(Conflict):
    """A record is followed by as many devices as are kept."""

    slug = "too-many-followers"
    title = Text("Terlalu banyak perangkat", "Too many devices")
    default = Text(
        "Laporan ini sudah diikuti {n} perangkat. Hentikan dahulu di halaman lacak.",
        "{n} devices follow this report. Stop them on the tracking page first.",
    ).format(n=MOST_FOLLOWERS)


def record_topic(record_id: UUID) -> str:
    """The topic under which e-mails about one record to a reporter without an account are stopped."""
    return f"record:{record_id}:"


def follow_record(
    session: AnySession,
    record: Record,
    subscription: Subscription,
    *,
    account_id: UUID | None,
    user_agent: str,
    session_id: UUID | None = None,
) -> None:
    """Tell this browser what happens to the record; twice is once.

    Raises TooManyFollowers, and as `keep_device` does.
    """
    count = session.scalar(
        select(func.count()).where(RecordFollower.tenant_id == record.tenant_id, RecordFollower.record_id == record.id)
    )
    if (count or 0) >= MOST_FOLLOWERS:
        raise TooManyFollowers
    device = keep_device(session, subscription, account_id=account_id, user_agent=user_agent, session_id=session_id)
    session.execute(
        insert(RecordFollower)
        .values(id=new_id(), tenant_id=record.tenant_id, record_id=record.id, device_id=device.id, created_at=now())
        .on_conflict_do_nothing()
    )


def list_followers(session: AnySession, record: Record) -> Sequence[str]:
    """The digests of the browsers that follow a record."""
    return session.scalars(
        select(PushDevice.endpoint_digest)
        .join(
            RecordFollower,
            (RecordFollower.tenant_id == PushDevice.tenant_id) & (RecordFollower.device_id == PushDevice.id),
        )
        .where(RecordFollower.tenant_id == record.tenant_id, RecordFollower.record_id == record.id)
        .order_by(PushDevice.id)
    ).all()


def unfollow_record(session: AnySession, record: Record) -> None:
    """Tell no device about the record any more. Devices of nobody that follow nothing else are forgotten."""
    followed = select(RecordFollower.device_id).where(
        RecordFollower.tenant_id == record.tenant_id, RecordFollower.record_id == record.id
    )
    devices = session.scalars(followed).all()
    if not devices:
        return
    session.execute(
        delete(RecordFollower)
        .where(RecordFollower.tenant_id == record.tenant_id, RecordFollower.record_id == record.id)
        .execution_options(synchronize_session=False)
    )
    others = select(RecordFollower.device_id).where(
        RecordFollower.tenant_id == record.tenant_id, RecordFollower.device_id.in_(devices)
    )
    session.execute(
        delete(PushDevice)
        .where(
            PushDevice.tenant_id == record.tenant_id,
            PushDevice.id.in_(devices),
            PushDevice.account_id.is_(None),
            PushDevice.id.not_in(others),
        )
        .execution_options(synchronize_session=False)
    )


def is_silenced(session: AnySession, record: Record) -> bool:
    """Whether the reporter, who has no account, stopped e-mails about the record."""
    return (
        session.scalar(
            select(RecordSilence.id).where(
                RecordSilence.tenant_id == record.tenant_id, RecordSilence.record_id == record.id
            )
        )
        is not None
    )


def forget_contacts(session: AnySession, record: Record) -> None:
    """Forget how the person who made a record was reached: devices, addresses and subjects of letters to them. What
    still waits to be sent goes."""
    unfollow_record(session, record)
    about = (
        Message.tenant_id == record.tenant_id,
        Message.subject_type == "record",
        Message.subject_id == str(record.id),
        # Letters to reporters are secret, for they open the record; those to officials are not.
        Message.secret,
    )
    for statement in (
        delete(RecordSilence).where(RecordSilence.tenant_id == record.tenant_id, RecordSilence.record_id == record.id),
        delete(Message).where(*about, Message.status == MessageStatus.QUEUED),
        update(Message).where(*about).values(recipient="", subject="", text="", html=None),
    ):
        session.execute(statement.execution_options(synchronize_session=False))


@stops("record")
def _silence(session: AnySession, subject_id: UUID, rest: str, *, wanted: bool) -> Text:
    record = find_record(session, subject_id)
    if record is None:
        raise NotFound
    if wanted:
        session.execute(
            delete(RecordSilence)
            .where(RecordSilence.tenant_id == current_tenant(session), RecordSilence.record_id == subject_id)
            .execution_options(synchronize_session=False)
        )
    else:
        session.execute(
            insert(RecordSilence)
            .values(id=new_id(), tenant_id=current_tenant(session), record_id=subject_id, created_at=now())
            .on_conflict_do_nothing()
        )
        drop_waiting(session, record_topic(subject_id))
    return Text("laporan {number}", "report {number}").format(number=record.number or "")
