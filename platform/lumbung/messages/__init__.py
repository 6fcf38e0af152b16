"""Messages to people, by the channels that this platform has."""

from lumbung.messages.models import Message, MessageStatus, PlatformMessage
from lumbung.messages.rendering import RenderedEmail, render_email
from lumbung.messages.services import channel_available, list_messages, send_email
from lumbung.messages.telling import Reader, tell_each

__all__ = [
    "Message",
    "MessageStatus",
    "PlatformMessage",
    "Reader",
    "RenderedEmail",
    "channel_available",
    "list_messages",
    "render_email",
    "send_email",
    "tell_each",
]
