import base64
import json
from datetime import timedelta

import pytest
from py_vapid import Vapid02
from pytest_django import Settings

from accounts.models import User
from dev.local_providers import LocalProviders
from notifications.channels import web_push
from notifications.deliveries import circuit, dispatch
from notifications.destinations import addresses, services
from notifications.kinds import Kind
from notifications.models import Delivery, Destination, Notification, ProviderHealth
from notifications.services import notify
from notifications.tests.reaching.browsers import Browser
from notifications.tests.reaching.ways import TOLD, told
from notifications.vocabulary import ChannelName
from numerai.common import clock

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def subscribed(alice: User, browser: Browser) -> Browser:
    services.register(user=alice, channel=ChannelName.WEB_PUSH, address=browser.address)
    return browser


def attempt(delivery: Delivery) -> Delivery:
    dispatch.deliver(delivery.pk)
    delivery.refresh_from_db()
    return delivery


def claims(authorization: str) -> dict[str, object]:
    token = authorization.removeprefix("vapid t=").partition(",")[0]
    body = token.split(".")[1]
    return dict(json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))))


def test_the_browser_alone_can_read_it(alice: User, providers: LocalProviders, subscribed: Browser) -> None:
    delivery = attempt(told(alice, "web_push", action_url="/reports/1"))
    assert delivery.status == "sent"
    (asked,) = providers.at("/push/")
    read = subscribed.read(asked)
    assert (read["title"], read["message"], read["kind"]) == ("Told: news", "You are told news.", "sample.told")
    assert read["id"] == str(delivery.notification.public_id)
    assert read["action_url"].endswith("/reports/1")
    assert b"news" not in asked.body
    assert asked.headers["content-encoding"] == "aes128gcm"
    assert (asked.headers["ttl"], asked.headers["urgency"]) == ("86400", "normal")
    assert read["tag"] == asked.headers["topic"]
    assert len(asked.headers["topic"]) == 32


def test_it_is_signed_for_the_service_it_goes_to(
    alice: User, providers: LocalProviders, subscribed: Browser, settings: Settings
) -> None:
    with LocalProviders() as other:
        settings.WEB_PUSH_HOSTS = [providers.url, other.url]
        services.register(user=alice, channel=ChannelName.WEB_PUSH, address=Browser(other.url, "2").address)
        for delivery in notify(user=alice, kind=TOLD.name, context={"text": "a"}).deliveries.filter(channel="web_push"):
            dispatch.deliver(delivery.pk)
        for service in (providers, other):
            (asked,) = service.at("/push/")
            said = claims(asked.headers["authorization"])
            assert (said["aud"], said["sub"]) == (service.url, "mailto:push@numerai.example")
            assert Vapid02.verify(asked.headers["authorization"])
            assert asked.headers["authorization"].endswith(f"k={web_push.public_key()}")


@pytest.mark.parametrize(
    ("priority", "urgency"), [("critical", "high"), ("high", "high"), ("normal", "normal"), ("low", "low")]
)
def test_how_urgent_it_is(
    alice: User, providers: LocalProviders, subscribed: Browser, priority: str, urgency: str
) -> None:
    attempt(told(alice, "web_push", priority=priority))
    assert providers.at("/push/")[0].headers["urgency"] == urgency


def test_what_ends_is_not_kept_for_longer(alice: User, providers: LocalProviders, subscribed: Browser) -> None:
    delivery = told(alice, "web_push")
    Notification.objects.update(expires_at=clock.now() + timedelta(hours=1))
    attempt(delivery)
    assert 0 < int(providers.at("/push/")[0].headers["ttl"]) <= 3600


def test_rule_76_the_newest_of_a_group_takes_the_place_of_the_others(
    alice: User, providers: LocalProviders, subscribed: Browser
) -> None:
    for group in ("a", "a", "b"):
        delivery = told(alice, "web_push")
        Notification.objects.filter(id=delivery.notification_id).update(group_key=group)
        attempt(delivery)
    first, second, third = (asked.headers["topic"] for asked in providers.at("/push/"))
    assert first == second != third


@pytest.mark.parametrize("text", ["x" * 1900, "नमस्ते " * 270, "🔮" * 900], ids=["latin", "hindi", "emoji"])
def test_no_push_is_larger_than_every_service_takes(
    alice: User, providers: LocalProviders, subscribed: Browser, text: str
) -> None:
    notification = notify(user=alice, kind=TOLD.name, context={"text": text})
    attempt(notification.deliveries.get(channel="web_push"))
    (asked,) = providers.at("/push/")
    assert len(asked.body) <= 4096
    read = subscribed.read(asked)
    assert read["message"].removesuffix("…") in f"You are told {text}."


def test_rule_53_only_known_push_services_are_asked(
    alice: User, providers: LocalProviders, subscribed: Browser, settings: Settings
) -> None:
    delivery = told(alice, "web_push")
    settings.WEB_PUSH_HOSTS = ["fcm.googleapis.com"]
    assert attempt(delivery).last_error_code == "web_push_host_refused"
    assert providers.at("/push/") == []
    assert not Destination.objects.get().is_enabled


def test_rule_51_a_known_name_that_leads_home_is_not_followed(
    alice: User, providers: LocalProviders, settings: Settings
) -> None:
    settings.WEB_PUSH_HOSTS = ["localhost"]
    services.register(user=alice, channel=ChannelName.WEB_PUSH, address=Browser("https://localhost").address)
    assert attempt(told(alice, "web_push")).last_error_code == "web_push_address_refused"


def test_an_endpoint_that_is_no_address_is_dead(alice: User, providers: LocalProviders, settings: Settings) -> None:
    settings.WEB_PUSH_HOSTS = ["*.push.apple.com"]
    services.register(user=alice, channel=ChannelName.WEB_PUSH, address=Browser("https://*.push.apple.com").address)
    assert attempt(told(alice, "web_push")).last_error_code == "web_push_endpoint"


@pytest.mark.parametrize(
    ("endpoint", "allowed"),
    [
        ("https://fcm.googleapis.com/fcm/send/1", True),
        ("https://fcm.googleapis.com:443/fcm/send/1", True),
        ("https://web.push.apple.com/1", True),
        ("http://fcm.googleapis.com/fcm/send/1", False),
        ("https://fcm.googleapis.com:8443/fcm/send/1", False),
        ("https://fcm.googleapis.com.evil.example/1", False),
        ("https://fcm.googleapis.com@127.0.0.1/1", False),
        ("https://evilpush.apple.com/1", False),
        ("https://push.apple.com/1", False),
        ("https://127.0.0.1/1", False),
        ("https://[::1/1", False),
        ("https://fcm.googleapis.com:x/1", False),
        ("ftp://web.push.apple.com/1", False),
        ("", False),
    ],
)
def test_rule_53_hosts_that_browsers_may_name(settings: Settings, endpoint: str, *, allowed: bool) -> None:
    settings.WEB_PUSH_HOSTS = ["fcm.googleapis.com", "*.push.apple.com"]
    assert web_push.is_allowed(endpoint) is allowed


def test_a_service_is_one_provider_however_many_hosts_it_has(alice: User, settings: Settings) -> None:
    far = f"{'far.' * 12}push.example"
    settings.WEB_PUSH_HOSTS = ["*.notify.windows.com", "fcm.googleapis.com", f"*.{far}", "http://127.0.0.1:8026"]
    names = {
        "https://wns2-am3p.notify.windows.com/w/1": "notify.windows.com",
        "https://wns2-bl2p.notify.windows.com/w/2": "notify.windows.com",
        "https://fcm.googleapis.com/fcm/send/3": "fcm.googleapis.com",
        f"https://a.{far}/4": far[-web_push.NAME_LENGTH :],
        "http://127.0.0.1:8026/push/5": "127.0.0.1",
        "https://was-allowed-once.example/6": web_push.UNLISTED,
    }
    for endpoint, name in names.items():
        address = {"endpoint": endpoint, "p256dh": "", "auth": ""}
        row, _ = services.register(user=alice, channel=ChannelName.WEB_PUSH, address=address)
        assert web_push.WebPush().provider(str(row.public_id)) == name
        circuit._failed(name)
    assert {row.provider for row in ProviderHealth.objects.all()} == set(names.values())


def test_keys_that_are_none_are_dead(alice: User, providers: LocalProviders, browser: Browser) -> None:
    services.register(
        user=alice, channel=ChannelName.WEB_PUSH, address=browser.address | {"p256dh": "AAAA", "auth": "AAAA"}
    )
    delivery = attempt(told(alice, "web_push"))
    assert (delivery.status, delivery.last_error_code) == ("failed", "web_push_keys")
    assert not Destination.objects.get().is_enabled


def test_a_destination_that_is_taken_away_gets_nothing(
    alice: User, providers: LocalProviders, subscribed: Browser
) -> None:
    delivery = told(alice, "web_push")
    services.remove(user_id=alice.pk, public_id=Destination.objects.get().public_id)
    assert attempt(delivery).status == "cancelled"
    assert providers.asked == []


def test_what_can_no_longer_be_opened_is_given_up(
    alice: User, providers: LocalProviders, subscribed: Browser, settings: Settings
) -> None:
    delivery = told(alice, "web_push")
    settings.DATA_KEYS = ["b3RoZXItdGVzdC1kYXRhLWtleS0wMTIzNDU2Nzg5LWE="]
    assert attempt(delivery).last_error_code == "destination_sealed"
    assert addresses.masked(Destination.objects.get()) == ""
    assert not Destination.objects.get().is_enabled


def test_without_a_key_nothing_is_pushed(
    alice: User, providers: LocalProviders, subscribed: Browser, settings: Settings
) -> None:
    settings.VAPID_PRIVATE_KEY = ""
    delivery = told(alice, "web_push")
    assert (delivery.status, delivery.reason) == ("skipped", "destination_disabled")


def test_rule_59_what_is_written_down_holds_no_address(
    alice: User, providers: LocalProviders, subscribed: Browser
) -> None:
    secret = subscribed.keys["auth"]
    providers.documents["/push/1"] = (400, f"no such {subscribed.endpoint} with {secret}".encode())
    delivery = attempt(told(alice, "web_push"))
    assert delivery.last_error == "no such ••• with •••"


def test_rule_16_a_kind_that_names_the_way_says_that_nobody_is_there(alice: User) -> None:
    named = Kind("sample.note", "info", "news", ("web_push",))
    (plan,) = web_push.WebPush().plan(alice, named)
    assert (plan.status, plan.reason) == ("skipped", "no_destination")
    assert web_push.WebPush().plan(alice, TOLD) == ()
