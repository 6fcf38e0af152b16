"""What a person wants to be told, kind by kind and channel by channel."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from lumbung.db import now
from lumbung.db.tenancy import AnySession, current_tenant
from lumbung.errors import NotFound
from lumbung.ids import new_id
from lumbung.messages import KINDS, Channel, KindSpec, Message, MessageKind
from tenants.preferences.models import MessageChoice

Wanted = tuple[MessageKind, Channel]


@dataclass(frozen=True)
class Choice:
    """One kind on the person's page. `wanted` names the channels by which it comes."""

    kind: MessageKind
    spec: KindSpec
    wanted: frozenset[Channel]


def topic_of(account_id: UUID, kind: MessageKind) -> str:
    """The topic under which the e-mails of one kind to one account are stopped."""
    return f"account:{account_id}:{kind}"


def may_choose(kind: MessageKind, channel: Channel) -> bool:
    """Whether a person may say no to this kind by this channel."""
    spec = KINDS[kind]
    return channel in spec.channels and not (channel == Channel.EMAIL and spec.needed is not None)


def refused_by(
    session: AnySession, account_ids: Collection[UUID], kind: MessageKind | None = None
) -> Mapping[UUID, frozenset[Wanted]]:
    """What these accounts said no to in the session's municipality; of one kind, or of all."""
    query = select(MessageChoice.account_id, MessageChoice.kind, MessageChoice.channel).where(
        MessageChoice.tenant_id == current_tenant(session),
        MessageChoice.account_id.in_(account_ids),
        MessageChoice.wanted.is_(False),
    )
    if kind is not None:
        query = query.where(MessageChoice.kind == kind)
    found: dict[UUID, set[Wanted]] = {}
    for account_id, name, channel in session.execute(query):
        if name in KINDS and may_choose(MessageKind(name), Channel(channel)):
            found.setdefault(account_id, set()).add((MessageKind(name), Channel(channel)))
    return {account_id: frozenset(refused) for account_id, refused in found.items()}


def list_choices(session: AnySession, account_id: UUID, *, member: bool) -> list[Choice]:
    """Every kind that this person can get, with the channels by which it comes."""
    refused = refused_by(session, [account_id]).get(account_id, frozenset())
    return [
        Choice(kind, spec, frozenset(channel for channel in spec.channels if (kind, channel) not in refused))
        for kind, spec in KINDS.items()
        if member or not spec.for_members
    ]


def save_choices(session: AnySession, account_id: UUID, wanted: Iterable[Wanted], *, member: bool) -> None:
    """Keep what the person chose: everything that may be chosen and is not in `wanted` is switched off.

    What waits for the morning and is not wanted any more goes.
    """
    chosen = set(wanted)
    for choice in list_choices(session, account_id, member=member):
        for channel in choice.spec.channels:
            if may_choose(choice.kind, channel):
                _store(session, account_id, choice.kind, channel, wanted=(choice.kind, channel) in chosen)


def stop_kind(session: AnySession, account_id: UUID, kind: MessageKind, *, wanted: bool = False) -> None:
    """Switch the e-mails of one kind off, or on again. Raises NotFound for what cannot be switched off."""
    if not may_choose(kind, Channel.EMAIL):
        raise NotFound
    _store(session, account_id, kind, Channel.EMAIL, wanted=wanted)


def drop_waiting(session: AnySession, topic: str) -> None:
    """Forget the e-mails of a topic that wait for the end of quiet hours."""
    session.execute(
        delete(Message)
        .where(Message.tenant_id == current_tenant(session), Message.topic == topic, Message.waits_until.is_not(None))
        .execution_options(synchronize_session=False)
    )


def _store(session: AnySession, account_id: UUID, kind: MessageKind, channel: Channel, *, wanted: bool) -> None:
    values = {"id": new_id(), "tenant_id": current_tenant(session), "created_at": now()}
    row = insert(MessageChoice).values(account_id=account_id, kind=kind, channel=channel, wanted=wanted, **values)
    session.execute(
        row.on_conflict_do_update(
            constraint="uq_message_choices_account_kind_channel", set_={"wanted": row.excluded.wanted}
        )
    )
    if not wanted and channel == Channel.EMAIL:
        drop_waiting(session, topic_of(account_id, kind))
