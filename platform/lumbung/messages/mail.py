"""What an e-mail looks like on the wire (RFC 5322)."""

from __future__ import annotations

import re
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, parseaddr
from urllib.parse import urlsplit
from uuid import UUID

from lumbung.errors import Invalid
from lumbung.i18n import Text
from lumbung.messages.models import Message, PlatformMessage
from lumbung.settings import Settings

AnyMessage = Message | PlatformMessage

_WHOLE = ("list-unsubscribe",)


class _MailPolicy(EmailPolicy):
    """As RFC 5321 wants lines; an address stays on one of them, since the library would encode a long one, and mail
    programs look for it as it is (RFC 8058)."""

    def fold(self, name: str, value: str) -> str:
        if name.lower() in _WHOLE:
            return f"{name}: {value}{self.linesep}"
        folded: str = super().fold(name, value)
        return folded

    def fold_binary(self, name: str, value: str) -> bytes:
        return self.fold(name, value).encode("ascii") if name.lower() in _WHOLE else super().fold_binary(name, value)


_POLICY = _MailPolicy(linesep="\r\n")
_LOCAL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}")
_DOMAIN = re.compile(r"(?=.{1,253}\Z)[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_LONGEST_HEADER = 200
_BAD_ADDRESS = Text("Alamat surel ini tidak dapat dipakai.", "This e-mail address cannot be used.")


def clean_address(address: str) -> str:
    """One plain address, its domain in ASCII (RFC 5891). Raises Invalid when it is none; names, lists,
    comments and line breaks are none."""
    local, at, domain = address.strip().rpartition("@")
    try:
        ascii_domain = domain.encode("idna").decode("ascii")
    except UnicodeError:
        ascii_domain = ""
    if not at or not _LOCAL.fullmatch(local) or not _DOMAIN.fullmatch(ascii_domain):
        raise Invalid(_BAD_ADDRESS)
    return f"{local}@{ascii_domain}"


def clean_header(value: str) -> str:
    """`value` on one line, so that it can never begin another header."""
    return _UNPRINTABLE.sub(" ", value).strip()[:_LONGEST_HEADER]


def make_message_id(message_id: UUID, settings: Settings) -> str:
    """The Message-ID of a message: the same for every attempt to send it."""
    return f"<{message_id}@{_domain(settings)}>"


def sender_address(settings: Settings) -> str:
    """The bare address that mail is sent from, without a name."""
    return parseaddr(settings.mail_from)[1]


def build_mail(
    message: AnyMessage, *, text: str, html: str | None, settings: Settings, stop: str | None = None
) -> EmailMessage:
    """The e-mail of a stored message, the same bytes at every attempt except for the boundary between its
    parts. `stop` is where one click stops such e-mails (RFC 8058).
    """
    name, address = parseaddr(settings.mail_from)
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = Address(message.sender_name or name, addr_spec=address)
    mail["To"] = Address(addr_spec=message.recipient)
    mail["Subject"] = message.subject
    mail["Date"] = format_datetime(message.created_at)
    mail["Message-ID"] = message.message_id
    # Auto-responders keep quiet (RFC 3834), and people can sort or mute (RFC 2919).
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    mail["List-Id"] = f"<pesan.{_domain(settings)}>"
    if stop is not None:
        mail["List-Unsubscribe"] = f"<{stop}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content(text, cte="quoted-printable")
    if html is not None:
        mail.add_alternative(html, subtype="html", cte="quoted-printable")
    if message.calendar is not None:
        _add_calendar(mail, message.calendar)
    return mail


def _add_calendar(mail: EmailMessage, calendar: str) -> None:
    """Programs that know calendars ask to enter it by its type and method (RFC 6047); all others offer a file."""
    method = re.search(r"^METHOD:([A-Z]+)\r?$", calendar, re.MULTILINE)
    mail.add_attachment(
        calendar,
        subtype="calendar",
        cte="base64",
        filename="undangan.ics",
        params={"method": method[1] if method else "PUBLISH"},
    )


def _domain(settings: Settings) -> str:
    domain = sender_address(settings).rpartition("@")[2]
    return domain if "." in domain else urlsplit(settings.base_url).hostname or "localhost"
