"""Handing a message to a mail server."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from urllib.parse import parse_qs, unquote, urlsplit

from lumbung.settings import SettingsError

TIMEOUT_SECONDS = 20.0
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True)
class SmtpServer:
    """Where mail goes. `tls`: encrypted from the first byte; `starttls`: encrypted before anything is said."""

    host: str
    port: int
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: bool = False
    starttls: bool = False

    @classmethod
    def from_url(cls, url: str) -> SmtpServer:
        """The server of an address like `smtp://user:password@host:587?starttls=1` or `smtps://host`.

        With a user on another machine STARTTLS is the default. Raises SettingsError when it is no such
        address.
        """
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise _bad_url() from error
        if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
            raise _bad_url()
        tls = parts.scheme == "smtps"
        user = unquote(parts.username) if parts.username else None
        asked = parse_qs(parts.query).get("starttls", [""])[-1]
        default = user is not None and parts.hostname not in _LOOPBACK
        starttls = not tls and (asked in {"1", "true", "yes"} if asked else default)
        return cls(
            host=parts.hostname,
            port=port or (465 if tls else 587 if starttls else 25),
            user=user,
            password=unquote(parts.password) if parts.password else None,
            tls=tls,
            starttls=starttls,
        )

    def send(self, mail: EmailMessage, *, sender: str, recipient: str) -> None:
        """Hand `mail` over; returns when the server has taken responsibility for it (RFC 5321, 4.2.5).

        Raises smtplib.SMTPException or OSError when it has not.
        """
        with self._connected() as connection:
            connection.send_message(mail, from_addr=sender, to_addrs=[recipient])

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        # A context reads all certificates of the machine: only where something is encrypted.
        connection: smtplib.SMTP
        if self.tls:
            context = ssl.create_default_context()
            connection = smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT_SECONDS, context=context)
        else:
            connection = smtplib.SMTP(self.host, self.port, timeout=TIMEOUT_SECONDS)
        try:
            if self.starttls:
                connection.starttls(context=ssl.create_default_context())
            if self.user is not None:
                connection.login(self.user, self.password or "")
            yield connection
        except BaseException:
            connection.close()
            raise
        # The server has the message; whether it also says goodbye must not make us send it again.
        try:
            connection.quit()
        except (smtplib.SMTPException, OSError):
            connection.close()


def _bad_url() -> SettingsError:
    return SettingsError(
        "SMTP_URL tidak dapat dipakai; contoh: smtp://user:sandi@host:587?starttls=1. / "
        "SMTP_URL cannot be used; an example: smtp://user:password@host:587?starttls=1."
    )
