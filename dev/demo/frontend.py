import re
import time
from collections.abc import Callable
from typing import Any, TypeVar
from uuid import uuid4

import requests

DEADLINE_SECONDS = 30.0
T = TypeVar("T")


class StepFailed(Exception):
    """What a step found instead of what it needed."""


class Frontend:
    """A browser's view of the product: one person, their tokens, and the mailbox they read."""

    full_name = "Amelia Mary Earhart"
    date_of_birth = "1992-11-11"
    timezone = "America/New_York"
    password = "a quiet flight at dawn"

    def __init__(self, *, api: str, mailbox: str) -> None:
        self.api = api
        self.mailbox = mailbox
        self.email = f"amelia.{uuid4().hex[:10]}@example.com"
        self._session = requests.Session()

    def call(self, method: str, path: str, expected: int, **body: Any) -> Any:
        """The JSON answer to one API call; StepFailed when the status is another than ``expected``."""
        answer = self._session.request(method, f"{self.api}/api/v1{path}", json=body or None, timeout=10)
        if answer.status_code != expected:
            raise StepFailed(f"{method} {path} answered {answer.status_code}: {answer.text[:500]}")
        return answer.json() if answer.content else None

    def sign_in(self, access_token: str) -> None:
        self._session.headers["Authorization"] = f"Bearer {access_token}"

    def newest_code(self) -> str | None:
        """The one-time code in the newest mail to this person, if it has arrived."""
        found = self._mail("/api/v1/search", query=f"to:{self.email}")["messages"]
        if not found:
            return None
        text = self._mail(f"/api/v1/message/{found[0]['ID']}")["Text"]
        code = re.search(r"\b\d{6}\b", text)
        return code.group() if code else None

    def _mail(self, path: str, **parameters: str) -> Any:
        answer = requests.get(f"{self.mailbox}{path}", params=parameters, timeout=10)
        answer.raise_for_status()
        return answer.json()


def eventually(look: Callable[[], T | None], what: str) -> T:
    """The first answer of ``look`` that is something; StepFailed when there is none before the deadline."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.05)
    raise StepFailed(f"{what} did not happen within {DEADLINE_SECONDS:g} s.")


def expect(found: object, wanted: object, what: str) -> None:
    if found != wanted:
        raise StepFailed(f"{what} is {found!r} instead of {wanted!r}.")
