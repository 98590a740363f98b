"""Rule 73: what a person types, and what lets them in, stands in no log, no report of an error, no evidence and no
message of the queue. The flows of all apps are walked through with words that occur nowhere else."""

import io
import json
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, cast

import pytest
import sentry_sdk
from celery import shared_task
from django.core import serializers
from django.db import IntegrityError
from django.test import Client
from pytest_django import Settings
from rest_framework.test import APIClient
from sentry_sdk.envelope import Envelope
from sentry_sdk.transport import Transport

from accounts.models import SecurityEvent, SecurityEventOrigin, User
from accounts.signals import birth_data_changed
from dev.local_stripe import LocalStripe
from dev.mailbox import Mailbox
from notifications.models import Delivery, Notification
from notifications.tasks import deliver as send
from numerai.common.audit.sealing import seal_new_rows
from numerai.common.models import AuditEntry, Seal
from numerai.common.redis import connection
from numerai.settings.logs import SENTRY_OPTIONS, logging_config
from payments.models import WebhookEvent
from payments.services import handle_webhook_event
from payments.tests.delivering import Deliver

EMAIL = "zeisig.canary@example.com"
WRONG_EMAIL = "zeisig.typo@example.com"
SPOKEN = "Zeisiga Canarella"
PASSWORD = "zeisig sings at 5 in the morning"
WRONG_PASSWORD = "zeisig never sings at all"
PHONE = "+14155550177"
PLACE = "Zeisigweg 7, Canaria"
BIO = "I whistle zeisigly"
CARD = "4000056655665556"
NETWORK = "198.51.100.177"
BROKEN_NAME = 'zeisig@example.com\r\n{"event": "forged", "level": "info"}'
# The evidence holds the whole address of whoever changed money, on purpose; of events, the truncated one.
ALLOWED = {"client_address": NETWORK}


@dataclass
class Ears:
    """Everything that leaves the process or stays behind in it, and the words that must not be in there."""

    log: io.StringIO = field(default_factory=io.StringIO)
    reports: list[str] = field(default_factory=list)
    words: set[str] = field(
        default_factory=lambda: {
            EMAIL, WRONG_EMAIL, SPOKEN, PASSWORD, WRONG_PASSWORD, PHONE, PLACE, BIO, CARD, NETWORK, "zeisig", "Zeisig"
        }
    )  # fmt: skip

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.getvalue().splitlines()]

    def heard(self) -> dict[str, str]:
        """By place, everything in it as one text."""
        rows = [*AuditEntry.objects.all(), *SecurityEvent.objects.all(), *SecurityEventOrigin.objects.all()]
        evidence = json.loads(serializers.serialize("json", [*rows, *Seal.objects.all()]))
        for row in evidence:
            for name, allowed in ALLOWED.items():
                if row["fields"].get(name) == allowed:
                    del row["fields"][name]
        return {
            "log": self.log.getvalue(),
            "reports of errors": "\n".join(self.reports),
            "evidence": json.dumps(evidence, ensure_ascii=False),
            "Redis": "\n".join(everything_in_redis()),
        }

    def leaks(self) -> list[tuple[str, str]]:
        return [(place, word) for place, text in self.heard().items() for word in self.words if word in text]


def everything_in_redis() -> Iterator[str]:
    redis = connection()
    for key in redis.scan_iter("*"):
        kind = cast(bytes, redis.type(key)).decode()
        read: dict[str, Any] = {
            "string": redis.get,
            "hash": redis.hgetall,
            "set": redis.smembers,
            "list": lambda name: redis.lrange(name, 0, -1),
            "zset": lambda name: redis.zrange(name, 0, -1),
        }
        yield f"{key!r} {read[kind](key)!r}"


@pytest.fixture
def ears() -> Iterator[Ears]:
    """Logs as production renders them, at its level; errors as production reports them, to nobody."""
    ears = Ears()

    class Kept(Transport):
        def capture_envelope(self, envelope: Envelope) -> None:
            ears.reports.append(envelope.serialize().decode())

    config = logging_config(level="INFO", style="json")["formatters"]["structured"]
    handler = logging.StreamHandler(ears.log)
    handler.setFormatter(config["()"](foreign_pre_chain=config["foreign_pre_chain"], processors=config["processors"]))
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    sentry_sdk.init(dsn="http://key@127.0.0.1:9/1", transport=Kept, **SENTRY_OPTIONS)
    yield ears
    sentry_sdk.get_client().close()
    sentry_sdk.get_global_scope().set_client(None)
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.fixture
def mailbox(settings: Settings) -> Iterator[Mailbox]:
    # The mail server of the test runs in this process; it is somebody else's.
    logging.getLogger("mail.log").setLevel(logging.WARNING)
    with Mailbox() as mailbox:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", mailbox.smtp_port
        yield mailbox


@shared_task(name="payments.tests.failing_canary")
def failing() -> None:
    raise IntegrityError(f"Key (email)=({EMAIL}) already exists.")


def api() -> APIClient:
    client = APIClient(raise_request_exception=False, REMOTE_ADDR=NETWORK)
    client.default_format = "json"
    return client


def sign_up(ears: Ears, mailbox: Mailbox) -> APIClient:
    client = api()
    form = {"email": EMAIL, "full_name": SPOKEN, "location": PLACE, "date_of_birth": "1985-03-17"}
    passwords = {"password": PASSWORD, "confirm_password": PASSWORD}
    assert client.post("/api/v1/auth/register/", form | passwords).status_code == 201
    for delivery in Delivery.objects.filter(status="pending"):
        send(delivery.pk)
    code = re.findall(r"\b\d{6}\b", mailbox.messages()[0].text)[0]
    wrong = f"{(int(code) + 1) % 10**6:06}"
    for otp, status in ((wrong, 400), (code, 200)):
        answer = client.post("/api/v1/auth/verify-otp/", {"email": EMAIL, "otp": otp})
        assert answer.status_code == status
    ears.words |= {
        f" {code} ",
        f'"{code}"',
        f'"{wrong}"',
        answer.json()["refresh_token"],
        answer.json()["access_token"],
    }
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {answer.json()['access_token']}")
    return client


def sign_in_well_and_badly(ears: Ears) -> str:
    """A refresh token of the sign-in that went well."""
    for given in (
        {"email": EMAIL, "password": WRONG_PASSWORD},
        {"email": WRONG_EMAIL, "password": PASSWORD},
        {"phone": PHONE, "password": PASSWORD},
        {"email": PASSWORD, "password": EMAIL},
        {"email": BROKEN_NAME, "password": PASSWORD},
    ):
        assert api().post("/api/v1/auth/login/", given).status_code == 400
    answer = api().post("/api/v1/auth/login/", {"email": EMAIL, "password": PASSWORD}).json()
    first = answer["refresh_token"]
    ears.words |= {answer["access_token"], first, first.split(".")[1]}
    answer = api().post("/api/v1/auth/refresh-token/", {"refresh": first}).json()
    ears.words |= {answer["access_token"], answer["refresh_token"]}
    return str(answer["refresh_token"])


def live(client: APIClient) -> None:
    """The profile, what they may not see, and words where nobody expects them."""
    assert client.patch("/api/v1/users/profile/", {"bio": BIO, "location": PLACE}).status_code == 200
    client.get(f"/api/v1/notifications/?q={EMAIL}", headers={"X-Request-ID": "zeisig canary\r\nforged"})
    client.get(f"/api/v1/payments/{EMAIL}/")
    client.get("/api/v1/users/security-events/", {"kind": PASSWORD})
    client.post("/api/v1/auth/password-reset/", {"email": EMAIL})
    client.post("/api/v1/auth/logout/", {"refresh_token": f"{PASSWORD}.{EMAIL}"})
    api().get("/api/v1/users/profile/", headers={"Authorization": f"Bearer {PASSWORD}"})


def buy(client: APIClient, server: LocalStripe, deliver: Deliver) -> None:
    url = "/api/v1/payments/create-subscription/"
    assert client.post(url, {"plan": "premium", "payment_method_id": CARD}).status_code >= 400
    assert client.post(url, {"plan": "premium", "payment_method_id": "pm_card_visa"}).status_code == 201
    for event in server.events():
        deliver(event)
    deliver(json.dumps({"id": EMAIL, "type": PASSWORD}).encode(), secret="whsec_of_zeisig")
    for row_id in WebhookEvent.objects.filter(state="pending").values_list("pk", flat=True):
        handle_webhook_event(row_id)


def go_wrong(client: APIClient) -> None:
    """Bugs whose messages quote people: in a request and in a worker."""

    def fail(user: User, **_: Any) -> None:
        raise RuntimeError(f"{user.email} is {user.full_name}")

    birth_data_changed.connect(fail)
    try:
        assert client.patch("/api/v1/users/profile/", {"full_name": f"{SPOKEN} II"}).status_code == 500
    finally:
        birth_data_changed.disconnect(fail)
    failing.apply()
    logging.getLogger("somebody.elses").error("It broke", exc_info=ValueError(EMAIL))


def operate(operator_password: str) -> None:
    desk = Client(REMOTE_ADDR=NETWORK, raise_request_exception=False)
    operator = User.objects.create_superuser(email=f"operator.{EMAIL}", password=operator_password, full_name=SPOKEN)
    for password in (WRONG_PASSWORD, operator_password):
        desk.post("/admin/login/", {"username": f"operator.{EMAIL}", "password": password})
    desk.force_login(operator)
    person = User.objects.get(email=EMAIL)
    page = f"/admin/accounts/user/{person.pk}/change/"
    assert desk.get(page).status_code == 200
    shown = {"email": EMAIL, "phone": PHONE, "full_name": SPOKEN, "is_active": "on"}
    sessions = {f"{rows}-{part}_FORMS": 0 for rows in ("sessions", "identities") for part in ("TOTAL", "INITIAL")}
    assert desk.post(page, shown | sessions).status_code == 302
    desk.get("/admin/accounts/user/", {"q": EMAIL})


def test_no_word_of_a_person_is_heard_outside(
    ears: Ears, mailbox: Mailbox, local_stripe: LocalStripe, deliver: Deliver, settings: Settings
) -> None:
    settings.RATE_LIMIT_ENABLED = True
    client = sign_up(ears, mailbox)
    refresh_token = sign_in_well_and_badly(ears)
    live(client)
    buy(client, local_stripe, deliver)
    go_wrong(client)
    operate(PASSWORD)
    client.post("/api/v1/auth/logout/", {"refresh_token": refresh_token})
    seal_new_rows(seconds=30)

    assert not ears.leaks()
    # All of it was really listened to.
    events = [line["event"] for line in ears.lines()]
    assert events.count("request") > 20
    assert {"unhandled_exception", "task_failed", "audit_head", "It broke"} <= set(events)
    assert "forged" not in events
    assert any("RuntimeError" in report for report in ears.reports)
    heard = ears.heard()
    person = str(User.objects.get(email=EMAIL).pk)
    assert all(person in heard[place] for place in ("log", "evidence"))
    assert "notifications.tasks.deliver" in heard["Redis"]
    assert "limit" in heard["Redis"]
    assert Notification.objects.filter(recipient__email=EMAIL).exists()


def test_the_ears_do_hear(ears: Ears, transactional_db: None) -> None:
    logging.getLogger("careless").warning("Hello %s", EMAIL)
    sentry_sdk.set_tag("who", SPOKEN)
    sentry_sdk.capture_message("Somebody came")
    connection().set("canary", PASSWORD)
    SecurityEvent.objects.create(kind="sign_in", actor_kind="person", details={"place": PLACE})
    assert {("log", EMAIL), ("reports of errors", SPOKEN), ("Redis", PASSWORD), ("evidence", PLACE)} <= set(
        ears.leaks()
    )


def test_a_line_break_makes_no_second_line(ears: Ears) -> None:
    logging.getLogger("careless").warning("Hello %s", BROKEN_NAME)
    [line] = ears.lines()
    assert line["event"] == f"Hello {BROKEN_NAME}"
