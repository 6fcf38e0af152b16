"""A browser over real HTTP that never gives up: what is not answered is sent again, exactly as it was."""

from __future__ import annotations

import http.client
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import urlencode
from uuid import uuid4

from tests.browsing import find_form

PHONE = "Mozilla/5.0 (Linux; Android 13; SM-A045F) AppleWebKit/537.36 Chrome/142.0 Mobile Safari/537.36"


class GaveUp(Exception):
    """No answer for longer than anybody waits."""


@dataclass
class Answer:
    """What came back."""

    status: int
    location: str
    text: str


@dataclass
class PatientClient:
    """One person at one address of the network; keeps cookies, and counts how often something had to be sent again."""

    port: int
    host: str
    address: str
    cookies: dict[str, str] = field(default_factory=dict)
    patience: float = 180
    repeats: int = 0
    headers: dict[str, str] = field(default_factory=dict)

    def get(self, path: str) -> Answer:
        """GET, again and again until there is an answer."""
        return self._until_answered("GET", path, b"", "")

    def send(
        self, path: str, fields: Mapping[str, str], *, photo: tuple[str, bytes] | None = None, once: bool = False
    ) -> Answer:
        """POST a form, again and again with the very same bytes until there is an answer; `once` raises OSError
        instead."""
        body, kind = _multipart(fields, photo) if photo else (urlencode(fields).encode(), _FORM)
        if once:
            return self._ask("POST", path, body, kind)
        return self._until_answered("POST", path, body, kind)

    def fill_in(self, page: str, action: str) -> dict[str, str]:
        """What a form of a page holds before anybody types."""
        form = find_form(self.get(page).text, action, page_path=page)
        assert form is not None, f"{page} has no form to {action}"
        return {name: str(value) for name, value in form.fields.items() if isinstance(value, str)}

    def _until_answered(self, method: str, path: str, body: bytes, kind: str) -> Answer:
        deadline, last = time.monotonic() + self.patience, ""
        while time.monotonic() < deadline:
            try:
                answer = self._ask(method, path, body, kind)
                if answer.status < 500:
                    return answer
                last = f"{answer.status} {answer.text[:200]}"
            except (OSError, http.client.HTTPException) as error:
                last = f"{type(error).__name__}: {error}"
            self.repeats += 1
            time.sleep(0.25)
        raise GaveUp(f"{method} {path}: {last}")

    def _ask(self, method: str, path: str, body: bytes, kind: str) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=15)
        try:
            headers = {"Host": self.host, "X-Forwarded-For": self.address, "X-Forwarded-Proto": "https"}
            headers |= {"User-Agent": PHONE, "Connection": "close", **self.headers}
            if self.cookies:
                headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
            if body:
                headers["Content-Type"] = kind
                headers["Origin"] = f"https://{self.host}"
            connection.request(method, path, body or None, headers)
            response = connection.getresponse()
            text = response.read().decode(errors="replace")
            for line in response.headers.get_all("Set-Cookie") or []:
                for name, morsel in SimpleCookie(line).items():
                    self.cookies[name] = morsel.value
            return Answer(response.status, response.headers.get("Location") or "", text)
        finally:
            connection.close()


_FORM = "application/x-www-form-urlencoded"


def _multipart(fields: Mapping[str, str], photo: tuple[str, bytes]) -> tuple[bytes, str]:
    boundary = uuid4().hex
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    name, data = photo
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="foto.jpg"\r\n'
        "Content-Type: image/jpeg\r\n\r\n"
    )
    parts += [head.encode(), data, f"\r\n--{boundary}--\r\n".encode()]
    return b"".join(parts), f"multipart/form-data; boundary={boundary}"
