"""A person at a browser, as far as the server notices: one connection kept open, cookies, forms with their token."""

from __future__ import annotations

import http.client
import json
import re
import time
import urllib.parse
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
REDIRECTS = {301, 302, 303}


@dataclass(frozen=True)
class Answer:
    """What came back, and after how many seconds the last byte was there."""

    status: int
    seconds: float
    body: bytes
    location: str = ""

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")


class Browser:
    """One person, signed in.

    >>> Browser.cookie_of("gaoxin_session=abc; HttpOnly; Path=/")
    ('gaoxin_session', 'abc')
    """

    def __init__(self, port: int, timeout: float = 120.0) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
        self._cookies: dict[str, str] = {}

    @staticmethod
    def cookie_of(header: str) -> tuple[str, str]:
        name, _, value = header.partition(";")[0].partition("=")
        return name, value

    def ask(
        self, method: str, address: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        sent = {"Accept": "text/html", "Host": "127.0.0.1", **(headers or {})}
        if self._cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        began = time.perf_counter()
        try:
            self._connection.request(method, address, body, sent)
            response = self._connection.getresponse()
        except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
            # As browsers do with a connection that the server had closed meanwhile.
            self._connection.close()
            self._connection.request(method, address, body, sent)
            response = self._connection.getresponse()
        content = response.read()
        seconds = time.perf_counter() - began
        for header in response.msg.get_all("Set-Cookie") or ():
            name, value = self.cookie_of(header)
            self._cookies[name] = value
        return Answer(response.status, seconds, content, response.headers.get("Location", ""))

    def get(self, address: str) -> Answer:
        return self.ask("GET", address)

    def post(self, address: str, fields: Mapping[str, str], *, page: str = "", file: Path | None = None) -> Answer:
        """Send a form; its token is taken from ``page``, the page that shows it (by default the same address)."""
        token = _TOKEN.search(self.get(page or address).text)
        assert token is not None, f"no form at {page or address}"
        fields = {**fields, "csrfmiddlewaretoken": token[1]}
        if file is None:
            kind, body = "application/x-www-form-urlencoded", urllib.parse.urlencode(fields).encode()
        else:
            kind, body = multipart(fields, file)
        return self.ask("POST", address, body, {"Content-Type": kind})

    def sign_in(self, username: str, password: str) -> Browser:
        answer = self.post("/sign-in/login/", {"login": username, "password": password})
        assert answer.status in REDIRECTS, f"{username} could not sign in: {answer.status} {answer.text[:2000]}"
        return self

    def close(self) -> None:
        self._connection.close()


def multipart(fields: Mapping[str, str], file: Path) -> tuple[str, bytes]:
    """The body of a form with a file."""
    mark = uuid.uuid4().hex
    parts = [
        f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    head = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{file.name}"\r\n\r\n'.encode()
    return f"multipart/form-data; boundary={mark}", b"".join(
        [*parts, head, file.read_bytes(), f"\r\n--{mark}--\r\n".encode()]
    )


def found(site: Path) -> dict[str, object]:
    """What there is at a site that was filled."""
    from benchmarks.large_site.fill import ACCOUNTS

    return json.loads((site / ACCOUNTS).read_text(encoding="utf-8"))
