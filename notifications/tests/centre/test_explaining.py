"""Why did I get this, or why not?"""

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from conftest import Api
from notifications.centre import explaining
from notifications.models import Delivery, Destination, Notification
from notifications.services import notify
from notifications.tests.conftest import Tell
from notifications.vocabulary import ChannelName, DeliveryStatus, Reason
from notifications.wording import languages
from notifications.wording.texts import explanations, read
from numerai.common import clock

LIST = "/api/v1/notifications/"


def explained(client: Any, made: Notification) -> list[dict[str, Any]]:
    response = client.get(f"{LIST}{made.public_id}/deliveries/")
    assert response.status_code == 200, response.content
    answer: list[dict[str, Any]] = response.json()
    return answer


def add(made: Notification, channel: str, destination: str, **fields: Any) -> Delivery:
    return Delivery.objects.create(notification=made, channel=channel, destination=destination, **fields)


def test_every_way_is_told(alice: User, api: Api, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    made = notify(user=alice, kind="sample.plan_changed", context={"plan": "elite"})
    made.deliveries.exclude(channel__in=["in_app", "email"]).delete()
    moment = clock.now()
    mail = made.deliveries.get(channel="email")
    Delivery.objects.filter(pk=mail.pk).update(
        status="deferred", reason="quiet_hours", attempts=2, next_attempt_at=moment
    )
    client = api(alice)
    with django_assert_num_queries(3):  # who is it, is it theirs, the deliveries
        in_app, by_mail = explained(client, made)
    assert in_app == {
        "channel": "in_app",
        "channel_name": "Notification centre",
        "destination": "",
        "status": "delivered",
        "reason": "",
        "explanation": "It arrived.",
        "attempts": 0,
        "next_attempt_at": None,
        "sent_at": in_app["sent_at"],
        "delivered_at": in_app["sent_at"],
    }
    assert in_app["sent_at"] is not None
    assert by_mail == {
        "channel": "email",
        "channel_name": "E-mail",
        "destination": "a•••@example.com",
        "status": "deferred",
        "reason": "quiet_hours",
        "explanation": "It is held back and will be sent later. Your quiet hours are on; it is sent when they end.",
        "attempts": 2,
        "next_attempt_at": moment.isoformat().replace("+00:00", "Z"),
        "sent_at": None,
        "delivered_at": None,
    }


def test_what_is_at_rest_has_no_next_try(alice: User, api: Api, tell: Tell) -> None:
    made = tell(alice)
    add(made, "sms", "+15550000123", status="failed", reason="provider_exhausted", next_attempt_at=clock.now())
    (told,) = [each for each in explained(api(alice), made) if each["channel"] == "sms"]
    assert (told["destination"], told["next_attempt_at"]) == ("+1•••0123", None)


def test_a_device_is_named_to_its_owner_only(
    alice: User, bob: User, api: Api, tell: Tell, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    made = tell(alice)
    made.deliveries.exclude(channel="in_app").delete()
    devices = [
        Destination.objects.create(
            user=owner,
            channel="web_push",
            name=name,
            address_digest=digest,
            sealed_address=b"",
            registered_at=clock.now(),
        )
        for owner, name, digest in ((alice, "Firefox at home", "a"), (alice, "", "b"), (bob, "Bob's", "c"))
    ]
    for device in devices:
        add(made, "web_push", str(device.public_id), status="sent", sent_at=clock.now())
    add(made, "mobile_push", "", status="skipped", reason="no_destination")
    client = api(alice)
    with django_assert_num_queries(4):
        told = explained(client, made)
    assert [each["destination"] for each in told[1:]] == ["Firefox at home", "Browser", "A device that was removed", ""]


def test_what_has_expired_is_still_explained(alice: User, api: Api, tell: Tell) -> None:
    made = tell(alice)
    Notification.objects.filter(pk=made.pk).update(expires_at=clock.now() - timedelta(days=1))
    assert explained(api(alice), made)[0]["channel"] == "in_app"


@pytest.mark.parametrize(
    ("channel", "destination", "shown"),
    [
        ("email", "ada@example.com", "a•••@example.com"),
        ("email", "x@y.z@example.com", "x•••@example.com"),
        ("sms", "+919812345678", "+9•••5678"),
        ("sms", "12345678", "•••"),
        ("email", "", ""),
    ],
    ids=["mail", "two ats", "number", "short", "none"],
)
def test_addresses_are_masked(channel: str, destination: str, shown: str) -> None:
    assert explaining.masked(channel, destination) == shown


@pytest.mark.parametrize("language", languages())
def test_every_word_has_a_sentence(language: str) -> None:
    folder = Path(apps.get_app_config("notifications").path) / "texts"
    said = read(folder / language / "explanations.toml")
    assert set(said) == {"removed", "channels", "statuses", "reasons"}
    for table, words in (("channels", ChannelName), ("statuses", DeliveryStatus), ("reasons", Reason)):
        assert set(said[table]) == set(words.values)
        assert all(sentence.strip() for sentence in said[table].values())


@pytest.mark.parametrize(
    ("locale", "channel", "sentence", "removed"),
    [
        ("es-MX", "Navegador", "Llegó.", "Un dispositivo que se quitó"),
        ("hi", "ब्राउज़र", "यह पहुँच गया।", "एक डिवाइस जो हटा दिया गया"),
        ("xx", "Browser", "It arrived.", "A device that was removed"),
    ],
)
def test_rule_84_it_is_told_in_the_language_of_the_reader(
    alice: User, api: Api, tell: Tell, locale: str, channel: str, sentence: str, removed: str
) -> None:
    alice.profile.locale = locale
    alice.profile.save()
    made = tell(alice)
    add(made, "web_push", str(UUID(int=7)), status="delivered", sent_at=clock.now())
    told = next(each for each in explained(api(alice), made) if each["destination"])
    assert (told["channel_name"], told["explanation"], told["destination"]) == (channel, sentence, removed)


def test_what_a_language_leaves_out_is_english(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shipped = Path(apps.get_app_config("notifications").path) / "texts" / "en"
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "en").symlink_to(shipped)
    (tmp_path / "texts" / "zz").mkdir()
    (tmp_path / "texts" / "zz" / "explanations.toml").write_text("[statuses]\nsent = 'zzz'\n")
    monkeypatch.setattr(apps.get_app_config("notifications"), "path", str(tmp_path))
    said = explanations("zz")
    assert (said["statuses"]["sent"], said["statuses"]["failed"]) == ("zzz", "It could not be sent.")
    assert said["removed"] == "A device that was removed"
