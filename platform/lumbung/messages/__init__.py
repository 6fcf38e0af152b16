"""Messages to people, by the channels that this platform has."""

from lumbung.messages.bundling import release_messages
from lumbung.messages.kinds import KINDS, Channel, KindSpec, MessageKind
from lumbung.messages.manners import AT_ONCE, Manner, Manners, declare_manners, declared_manners
from lumbung.messages.models import Message, MessageStatus, PlatformMessage
from lumbung.messages.rendering import RenderedEmail, render_email
from lumbung.messages.services import channel_available, list_messages, send_email, send_push
from lumbung.messages.telling import Reader, tell_each

__all__ = [
    "AT_ONCE",
    "KINDS",
    "Channel",
    "KindSpec",
    "Manner",
    "Manners",
    "Message",
    "MessageKind",
    "MessageStatus",
    "PlatformMessage",
    "Reader",
    "RenderedEmail",
    "channel_available",
    "declare_manners",
    "declared_manners",
    "list_messages",
    "release_messages",
    "render_email",
    "send_email",
    "send_push",
    "tell_each",
]
