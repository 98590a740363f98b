"""The answers of each provider, in its own words: one entry of SERVICES a provider, found by the path."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Document = dict[str, Any]

FCM_STATUS = {
    400: ("INVALID_ARGUMENT", "INVALID_ARGUMENT"),
    401: ("UNAUTHENTICATED", "THIRD_PARTY_AUTH_ERROR"),
    403: ("PERMISSION_DENIED", "SENDER_ID_MISMATCH"),
    404: ("NOT_FOUND", "UNREGISTERED"),
    429: ("RESOURCE_EXHAUSTED", "QUOTA_EXCEEDED"),
    500: ("INTERNAL", "INTERNAL"),
    503: ("UNAVAILABLE", "UNAVAILABLE"),
}
DISCORD_CODE = {400: 50006, 401: 50027, 403: 50007, 404: 10015}
TWILIO_CODE = {400: 21211, 401: 20003, 404: 20404, 429: 20429, 500: 20500, 503: 20503}


@dataclass(frozen=True)
class Service:
    """``ok(number, path, body)`` is the status and document of success, ``refusal(status)`` that of a refusal."""

    path: re.Pattern[str]
    ok: Callable[[int, str, bytes], tuple[int, Document]]
    refusal: Callable[[int], Document]


def _fcm_refusal(status: int) -> Document:
    name, code = FCM_STATUS.get(status, ("UNKNOWN", "UNSPECIFIED_ERROR"))
    details = [{"@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError", "errorCode": code}]
    return {"error": {"code": status, "message": "Requested entity was not found.", "status": name, "details": details}}


def _project(path: str) -> str:
    return path.split("/")[3]


SERVICES = (
    Service(
        re.compile(r"/v1/projects/[^/]+/messages:send"),
        lambda number, path, body: (200, {"name": f"projects/{_project(path)}/messages/{number}"}),
        _fcm_refusal,
    ),
    Service(
        re.compile(r"/token"),
        lambda number, path, body: (
            200,
            {"access_token": f"ya29.{number}", "expires_in": 3599, "token_type": "Bearer"},
        ),
        lambda status: {"error": "invalid_grant", "error_description": "Invalid JWT Signature."},
    ),
    Service(re.compile(r"/push/.+"), lambda number, path, body: (201, {}), lambda status: {"code": status}),
    Service(
        re.compile(r"(/api/v\d+)?/(webhooks/\d+/[^/]+|channels/\d+/messages)"),
        lambda number, path, body: (200, {"id": str(10**17 + number), "content": ""}),
        lambda status: {"message": "Refused", "code": DISCORD_CODE.get(status, 0)},
    ),
    Service(
        # The same for a person each time.
        re.compile(r"(/api/v\d+)?/users/@me/channels"),
        lambda number, path, body: (200, {"id": f"2{_document(body).get('recipient_id', number):0>18}", "type": 1}),
        lambda status: {"message": "Refused", "code": DISCORD_CODE.get(status, 0)},
    ),
    Service(
        re.compile(r"/2010-04-01/Accounts/[^/]+/Messages\.json"),
        lambda number, path, body: (201, {"sid": f"SM{number:032d}", "status": "queued"}),
        lambda status: {"code": TWILIO_CODE.get(status, 20001), "message": "Refused", "status": status},
    ),
    Service(
        re.compile(r"/email"),
        lambda number, path, body: (
            200,
            {"ErrorCode": 0, "Message": "OK", "MessageID": f"mail-{number}", "To": json.loads(body)["To"]},
        ),
        lambda status: {"ErrorCode": 10, "Message": "Refused"},
    ),
)


def nonce_of(body: bytes) -> str:
    """What the message in ``body`` is to be taken once by; "" if it may be taken as often as it comes."""
    document = _document(body)
    return str(document["nonce"]) if document.get("enforce_nonce") else ""


def service_at(path: str) -> Service | None:
    """Who serves ``path``."""
    return next((service for service in SERVICES if service.path.fullmatch(path)), None)


def _document(body: bytes) -> Document:
    """What a JSON object in ``body`` says; nothing if it is none."""
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def encoded(document: Document) -> bytes:
    return json.dumps(document).encode()
