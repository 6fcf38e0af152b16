"""Notifications to browsers (web push): the platform's key, and handing an encrypted text to a push service."""

from lumbung.push.keys import VapidKey, make_private_key, public_key, vapid_key
from lumbung.push.sending import LONGEST_TEXT, DeviceGoneError, Subscription, push

__all__ = [
    "LONGEST_TEXT",
    "DeviceGoneError",
    "Subscription",
    "VapidKey",
    "make_private_key",
    "public_key",
    "push",
    "vapid_key",
]
