"""Access tokens of a service account, one at a time and kept until they end."""

import json
import threading
from functools import lru_cache
from typing import Any

from google.auth.exceptions import GoogleAuthError
from google.auth.transport import Request, Response
from google.oauth2.service_account import Credentials

from notifications.channels.base import DeliveryError, ErrorClass
from notifications.channels.refusals import THROTTLED, no_answer, refusal
from numerai.common.outbound import Answer, NoAnswer, call

SCOPES = ("https://www.googleapis.com/auth/firebase.messaging",)
SECONDS = 10.0


class Account:
    """A service account, and the token that it has at present."""

    def __init__(self, document: str) -> None:
        self._lock = threading.Lock()
        try:
            info = json.loads(document)
            self.project: str = info["project_id"]
            self._credentials = Credentials.from_service_account_info(info, scopes=SCOPES)  # type: ignore[no-untyped-call]
        except (ValueError, KeyError, TypeError, GoogleAuthError) as error:
            raise DeliveryError(ErrorClass.CONFIG, "fcm_account_malformed", type(error).__name__) from error

    def token(self) -> str:
        """Raises DeliveryError."""
        with self._lock:
            if not self._credentials.valid:
                try:
                    self._credentials.refresh(_Asking())
                except GoogleAuthError as error:
                    raise DeliveryError(ErrorClass.CONFIG, "fcm_token_refused", type(error).__name__) from error
            return str(self._credentials.token)

    def forget_token(self) -> None:
        """It was refused before its time."""
        with self._lock:
            self._credentials.token = None


@lru_cache(maxsize=2)
def account(document: str) -> Account:
    """The account that the JSON ``document`` describes. Raises DeliveryError."""
    return Account(document)


class _Told(Response):
    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    @property
    def status(self) -> int:
        return self._answer.status

    @property
    def headers(self) -> Any:
        return self._answer.headers

    @property
    def data(self) -> bytes:
        return self._answer.body


class _Asking(Request):
    """The library's way to the network, by ours. What may pass is told at once: it would sleep and try again."""

    def __call__(
        self,
        url: str,
        method: str = "GET",
        body: bytes | None = None,
        headers: Any = None,
        timeout: float | None = None,
        **_: Any,
    ) -> Response:
        try:
            answer = call(method, url, headers=headers, body=body, seconds=SECONDS)
        except NoAnswer as error:
            raise no_answer("fcm_token", error) from error
        if answer.status >= 500 or answer.status in {408, THROTTLED}:
            raise refusal(f"fcm_token_http_{answer.status}", answer.status, answer.headers)
        return _Told(answer)
