"""Where a person wants to be told: registering, listing, trying, enabling, removing."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries, Settings
from rest_framework.test import APIClient

from accounts.models import User
from dev.local_providers import LocalProviders, Mode
from notifications.channels import devices, web_push
from notifications.channels.base import DeliveryError, ErrorClass
from notifications.destinations import addresses, known, services, testing
from notifications.destinations.discord import webhook
from notifications.models import Destination
from notifications.tests.reaching.browsers import Browser
from notifications.tests.reaching.ways import PHONE, TOKEN, USER, WAYS, WEBHOOK
from notifications.vocabulary import ChannelName, Reason
from numerai.common import clock
from numerai.common.errors import NotAuthenticated

Api = Callable[[User | None], APIClient]
DEVICES = "/api/v1/notifications/devices/"
IPHONE = {"fcm_token": TOKEN, "device_type": "ios", "device_name": "Alice's phone"}
URL = f"https://discord.com/api/webhooks/{WEBHOOK['webhook']}/{WEBHOOK['token']}"

pytestmark = pytest.mark.django_db


@pytest.fixture
def phone(alice: User) -> Destination:
    return services.register(
        user=alice, channel=ChannelName.MOBILE_PUSH, address={"token": TOKEN}, device_type="ios", name="Phone"
    )[0]


def test_a_phone_is_registered_as_the_frontend_does(api: Api, alice: User) -> None:
    first = api(alice).post(DEVICES, IPHONE)
    assert first.status_code == 201
    body = first.json()
    assert (body["channel"], body["device_type"], body["name"]) == ("mobile_push", "ios", "Alice's phone")
    assert (body["address"], body["is_enabled"]) == (f"•••{TOKEN[-4:]}", True)
    again = api(alice).post(DEVICES, IPHONE | {"device_name": "Old phone"})
    assert (again.status_code, again.json()["id"], again.json()["name"]) == (200, body["id"], "Old phone")
    row = Destination.objects.get()
    assert TOKEN.encode() not in bytes(row.sealed_address)
    assert TOKEN not in row.address_digest
    assert addresses.opened(row) == {"token": TOKEN}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"fcm_token": ""}, "fcm_token"),
        ({"fcm_token": "short"}, "fcm_token"),
        ({"fcm_token": "with a space in it"}, "fcm_token"),
        ({"fcm_token": "x" * 4097}, "fcm_token"),
        ({"fcm_token": 12345678901}, "fcm_token"),
        ({"device_type": "toaster"}, "device_type"),
        ({"device_name": "x" * 101}, "device_name"),
        ({"timezone": "Not/AZone"}, "timezone"),
        ({"timezone": "../../etc/passwd"}, "timezone"),
    ],
)
def test_what_is_no_phone_is_refused(api: Api, alice: User, change: dict[str, Any], field: str) -> None:
    answer = api(alice).post(DEVICES, IPHONE | change)
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert not Destination.objects.exists()


def test_a_phone_may_have_a_zone_of_its_own(api: Api, alice: User) -> None:
    assert api(alice).post(DEVICES, IPHONE | {"timezone": "Asia/Tokyo"}).json()["timezone"] == "Asia/Tokyo"


def test_rule_43_a_phone_moves_to_whoever_registers_it_last(api: Api, alice: User, bob: User) -> None:
    hers = api(alice).post(DEVICES, IPHONE).json()["id"]
    his = api(bob).post(DEVICES, IPHONE)
    assert his.status_code == 201
    assert his.json()["id"] != hers
    assert api(alice).get(DEVICES).json() == []
    assert api(alice).delete(f"{DEVICES}{hers}/").status_code == 404
    assert Destination.objects.get().user == bob


def test_who_names_anothers_discord_id_takes_nothing_from_them(api: Api, alice: User, bob: User) -> None:
    """It is no secret: everybody in a shared server sees it."""
    body = {"discord_user_id": USER["user"]}
    hers = api(alice).post(f"{DEVICES}discord/", body)
    his = api(bob).post(f"{DEVICES}discord/", body)
    assert (hers.status_code, his.status_code) == (201, 201)
    assert [row["id"] for row in api(alice).get(DEVICES).json()] == [hers.json()["id"]]
    again = api(alice).post(f"{DEVICES}discord/", body)
    assert (again.status_code, again.json()["id"]) == (200, hers.json()["id"])


def test_a_browser_is_registered(api: Api, alice: User, browser: Browser) -> None:
    answer = api(alice).post(
        f"{DEVICES}web-push/", {"endpoint": browser.endpoint, "keys": browser.keys, "name": "Laptop"}
    )
    assert answer.status_code == 201
    body = answer.json()
    assert (body["channel"], body["device_type"], body["address"]) == ("web_push", "web", "127.0.0.1/•••")
    renewed = Browser(browser.endpoint.removesuffix(browser.path))
    again = api(alice).post(f"{DEVICES}web-push/", {"endpoint": renewed.endpoint, "keys": renewed.keys})
    assert again.status_code == 200
    assert addresses.opened(Destination.objects.get()) == renewed.address


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"endpoint": "https://evil.example/push/1"}, "endpoint"),
        ({"endpoint": "http://169.254.169.254/latest"}, "endpoint"),
        ({"endpoint": "http://127.0.0.1 /push/1"}, "endpoint"),
        ({"endpoint": "x" * 2001}, "endpoint"),
        ({"keys": {"p256dh": "AAAA", "auth": "AAAAAAAAAAAAAAAAAAAAAA"}}, "keys.p256dh"),
        ({"keys": {"p256dh": "?", "auth": "AAAAAAAAAAAAAAAAAAAAAA"}}, "keys.p256dh"),
        ({"keys": {"auth": "AAAAAAAAAAAAAAAAAAAAAA"}}, "keys.p256dh"),
        ({"keys": "none"}, "keys.non_field_errors"),
        ({"name": "x" * 101}, "name"),
    ],
)
def test_what_is_no_browser_is_refused(
    api: Api, alice: User, browser: Browser, change: dict[str, Any], field: str
) -> None:
    answer = api(alice).post(f"{DEVICES}web-push/", {"endpoint": browser.endpoint, "keys": browser.keys} | change)
    assert answer.status_code == 400
    assert field in [error["field"] for error in answer.json()["errors"]]
    assert not Destination.objects.exists()


@pytest.mark.parametrize("auth", ["AAAA", "A", "????????????????????????"])
def test_a_secret_that_is_none_is_refused(api: Api, alice: User, browser: Browser, auth: str) -> None:
    keys = browser.keys | {"auth": auth}
    answer = api(alice).post(f"{DEVICES}web-push/", {"endpoint": browser.endpoint, "keys": keys})
    assert [error["field"] for error in answer.json()["errors"]] == ["keys.auth"]


def test_the_key_that_browsers_subscribe_with(api: Api, alice: User, providers: LocalProviders) -> None:
    assert api(alice).get("/api/v1/notifications/web-push/key/").json() == {"public_key": web_push.public_key()}
    assert len(web_push.public_key()) == 87


def test_without_a_key_browsers_are_not_offered(api: Api, alice: User, browser: Browser, settings: Settings) -> None:
    settings.VAPID_PRIVATE_KEY = ""
    for answer in (
        api(alice).get("/api/v1/notifications/web-push/key/"),
        api(alice).post(f"{DEVICES}web-push/", {"endpoint": browser.endpoint, "keys": browser.keys}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "channel_not_offered")
    assert not Destination.objects.exists()


def test_a_room_and_a_user_of_discord_are_registered(api: Api, alice: User) -> None:
    room = api(alice).post(f"{DEVICES}discord/", {"webhook_url": URL, "name": "Our server"})
    assert room.status_code == 201
    assert room.json()["address"] == f"https://discord.com/api/webhooks/{WEBHOOK['webhook']}/•••"
    assert WEBHOOK["token"] not in room.content.decode()
    user = api(alice).post(f"{DEVICES}discord/", {"discord_user_id": USER["user"]})
    assert (user.status_code, user.json()["address"]) == (201, USER["user"])


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"webhook_url": URL, "discord_user_id": USER["user"]},
        {"webhook_url": "https://evil.example/api/webhooks/1/a"},
        {"discord_user_id": "alice"},
        {"discord_user_id": 80351110224678912},
        {"discord_user_id": "8035111022467891٢"},
        {"discord_user_id": f"x{USER['user']}"},
    ],
    ids=["nothing", "both", "elsewhere", "a name", "a number", "odd digits", "more than a number"],
)
def test_what_is_no_place_on_discord_is_refused(api: Api, alice: User, body: dict[str, Any]) -> None:
    assert api(alice).post(f"{DEVICES}discord/", body).status_code == 400
    assert not Destination.objects.exists()


@pytest.mark.parametrize(
    ("url", "sound"),
    [
        (URL, True),
        (URL + "/", True),
        (URL.replace("/api/", "/api/v10/"), True),
        (URL.replace("discord.com", "ptb.discord.com"), True),
        (URL.replace("discord.com", "canary.discord.com"), True),
        (URL.replace("discord.com", "discordapp.com"), True),
        (URL.replace("discord.com", "discord.com:443"), True),
        (URL.replace("discord.com", "DISCORD.com"), True),
        (URL.replace("https", "http"), False),
        (URL.replace("discord.com", "discord.com:8443"), False),
        (URL.replace("discord.com", "discord.com:x"), False),
        (URL.replace("discord.com", "discord.com@127.0.0.1"), False),
        (URL.replace("discord.com", "127.0.0.1\\@discord.com"), False),
        (URL.replace("discord.com", "discord.com.evil.example"), False),
        (URL.replace("discord.com", "evildiscord.com"), False),
        (URL.replace("/webhooks/", "/webhooks/../webhooks/"), False),
        (URL + "/slack", False),
        (URL + "?wait=true", False),
        (URL + "#x", False),
        (URL + "\n", False),
        (" " + URL, False),
        (URL + "\x00", False),
        ("https://[/", False),
        ("", False),
    ],
)
def test_rule_50_only_an_address_of_discord_is_one(url: str, *, sound: bool) -> None:
    assert webhook(url) == (WEBHOOK if sound else None)


def test_the_list_shows_what_is_known_and_no_secret(
    api: Api, alice: User, bob: User, browser: Browser, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for way in ("web_push", "mobile_push", "discord_webhook"):
        WAYS[way].register(alice, browser.endpoint.removesuffix(browser.path))
    services.register(user=alice, channel=ChannelName.EMAIL, address={"address": "alice@example.com"})
    services.register(user=alice, channel=ChannelName.SMS, address={"address": PHONE})
    services.register(user=bob, channel=ChannelName.DISCORD, address=USER)
    client = api(alice)
    client.get(DEVICES)
    with django_assert_num_queries(2):  # the session, and the list
        answer = client.get(DEVICES)
    shown = {each["channel"]: each["address"] for each in answer.json()}
    assert list(shown) == ["sms", "email", "discord", "mobile_push", "web_push"]
    assert (shown["email"], shown["sms"]) == ("a•••@example.com", "•••671")
    for secret in (TOKEN, WEBHOOK["token"], "alice@", PHONE, "/push/1"):
        assert secret not in answer.content.decode()


def test_one_is_removed(api: Api, alice: User, phone: Destination) -> None:
    assert api(alice).delete(f"{DEVICES}{phone.public_id}/").status_code == 204
    assert not Destination.objects.exists()
    assert api(alice).delete(f"{DEVICES}{phone.public_id}/").status_code == 404


def test_one_is_enabled_again(api: Api, alice: User, phone: Destination) -> None:
    now = clock.now()
    Destination.objects.update(disabled_at=now, disabled_reason="sample", failures=3, failing_since=now)
    answer = api(alice).post(f"{DEVICES}{phone.public_id}/enable/")
    assert answer.status_code == 200
    body = answer.json()
    assert (body["is_enabled"], body["disabled_at"], body["disabled_reason"], body["failures"]) == (True, None, "", 0)


@pytest.mark.parametrize("act", ["", "enable/", "test/"])
def test_a_strangers_is_not_there(
    api: Api, alice: User, bob: User, phone: Destination, act: str, providers: LocalProviders
) -> None:
    url = f"{DEVICES}{phone.public_id}/{act}"
    answer = api(bob).post(url) if act else api(bob).delete(url)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    phone.refresh_from_db()
    assert phone.user == alice
    assert providers.asked == []


@pytest.mark.parametrize("act", ["enable/", "test/"])
def test_one_that_does_not_exist(api: Api, alice: User, act: str) -> None:
    assert api(alice).post(f"{DEVICES}{uuid4()}/{act}").status_code == 404


def test_anonymous_people_have_none(api: Api, phone: Destination) -> None:
    for answer in (api(None).get(DEVICES), api(None).post(DEVICES, IPHONE)):
        assert answer.status_code == 401
    assert Destination.objects.count() == 1


def test_of_too_many_the_one_named_longest_ago_is_forgotten(alice: User, bob: User) -> None:
    others, _ = services.register(user=bob, channel=ChannelName.MOBILE_PUSH, address={"token": "bob"})
    mail, _ = services.register(user=alice, channel=ChannelName.EMAIL, address={"address": "alice@example.com"})
    made = [
        services.register(user=alice, channel=ChannelName.MOBILE_PUSH, address={"token": str(number)})[0]
        for number in range(services.MOST)
    ]
    services.register(user=alice, channel=ChannelName.MOBILE_PUSH, address={"token": "0"})
    services.register(user=alice, channel=ChannelName.DISCORD, address=USER)
    left = set(Destination.objects.values_list("id", flat=True))
    assert made[1].pk not in left
    assert {made[0].pk, others.pk, mail.pk} <= left
    assert len(left) == services.MOST + 2


def test_a_key_that_was_replaced_still_finds_what_it_made(alice: User, bob: User, settings: Settings) -> None:
    services.register(user=alice, channel=ChannelName.MOBILE_PUSH, address={"token": TOKEN})
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another-" * 10
    services.register(user=bob, channel=ChannelName.MOBILE_PUSH, address={"token": TOKEN})
    assert Destination.objects.get().user == bob


def test_many_people_cost_one_query(
    alice: User, bob: User, charlie: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    people = (alice, bob, charlie)
    for person in people[:2]:
        services.register(user=person, channel=ChannelName.MOBILE_PUSH, address={"token": person.full_name})
    with django_assert_num_queries(1), known.loaded([person.pk for person in people]):
        found = [
            len(known.of(person.pk, channel)) for person in people for channel in ("mobile_push", "web_push", "email")
        ]
        assert not known.is_disabled(alice.pk, "email", "alice@example.com")
    assert found == [1, 0, 0, 1, 0, 0, 0, 0, 0]
    with django_assert_num_queries(1):
        assert len(known.of(alice.pk, "mobile_push")) == 1


@pytest.mark.django_db(transaction=True)
def test_a_race_for_one_phone_leaves_it_with_one_person(alice: User, bob: User) -> None:
    start = threading.Barrier(6)

    def register(user: User) -> None:
        start.wait(60)
        try:
            services.register(user=user, channel=ChannelName.MOBILE_PUSH, address={"token": TOKEN})
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(register, (alice, bob) * 3))
    assert Destination.objects.get().user in {alice, bob}


def test_who_was_signed_out_meanwhile_registers_nothing(alice: User) -> None:
    stale = User.objects.get(pk=alice.pk)
    alice.set_password("another long sentence")
    alice.save()
    with pytest.raises(NotAuthenticated):
        services.register(user=stale, channel=ChannelName.MOBILE_PUSH, address={"token": TOKEN})
    assert not Destination.objects.exists()


def test_what_was_removed_on_the_way_has_no_address() -> None:
    with pytest.raises(DeliveryError) as refused:
        devices.address(str(UUID(int=7)))
    assert (refused.value.error_class, refused.value.reason) == (ErrorClass.PERMANENT, Reason.NO_DESTINATION)


@pytest.mark.django_db(transaction=True)
def test_a_race_of_one_person_leaves_no_more_than_may_be(alice: User) -> None:
    for number in range(services.MOST - 1):
        services.register(user=alice, channel=ChannelName.MOBILE_PUSH, address={"token": str(number)})
    start = threading.Barrier(4)

    def register(number: int) -> None:
        start.wait(60)
        try:
            services.register(user=alice, channel=ChannelName.MOBILE_PUSH, address={"token": f"late {number}"})
        finally:
            connection.close()

    workers = [threading.Thread(target=register, args=(number,)) for number in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(120)
    assert Destination.objects.count() == services.MOST


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", WAYS)
def test_the_button_sends_a_test_at_once(api: Api, alice: User, providers: LocalProviders, way: str) -> None:
    _registered(alice, providers, way)
    answer = api(alice).post(f"{DEVICES}{Destination.objects.get().public_id}/test/")
    assert answer.status_code == 200
    assert answer.json() == {
        "sent": True,
        "provider": answer.json()["provider"],
        "code": "",
        "error_class": "",
        "detail": "",
    }
    assert len(providers.at(WAYS[way].path)) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", WAYS)
def test_the_button_shows_what_the_provider_says(api: Api, alice: User, providers: LocalProviders, way: str) -> None:
    _registered(alice, providers, way)
    providers.modes[WAYS[way].path] = Mode.TOO_LARGE
    row = Destination.objects.get()
    answer = api(alice).post(f"{DEVICES}{row.public_id}/test/")
    assert answer.status_code == 200
    body = answer.json()
    assert (body["sent"], body["error_class"]) == (False, "permanent")
    assert body["code"]
    for secret in addresses.secrets_of(addresses.opened(row)):
        assert secret not in answer.content.decode()
    row.refresh_from_db()
    assert (row.failures, row.disabled_at) == (0, None)


@pytest.mark.django_db(transaction=True)
def test_the_button_names_what_cannot_be_opened(
    api: Api, alice: User, providers: LocalProviders, settings: Settings
) -> None:
    services.register(user=alice, channel=ChannelName.EMAIL, address={"address": "alice@example.com"})
    settings.DATA_KEYS = ["b3RoZXItdGVzdC1kYXRhLWtleS0wMTIzNDU2Nzg5LWE="]
    answer = testing.test(user=alice, public_id=Destination.objects.get().public_id)
    assert (answer.sent, answer.code) == (False, "destination_sealed")


@pytest.mark.django_db(transaction=True)
def test_the_button_cannot_be_held_down(api: Api, alice: User, providers: LocalProviders, settings: Settings) -> None:
    settings.RATE_LIMIT_ENABLED = True
    _registered(alice, providers, "mobile_push")
    client, url = api(alice), f"{DEVICES}{Destination.objects.get().public_id}/test/"
    answers = [client.post(url) for _ in range(testing.TESTS.times + 1)]
    assert [answer.status_code for answer in answers] == [200] * testing.TESTS.times + [429]
    assert int(answers[-1]["Retry-After"]) > 0
    assert len(providers.at(WAYS["mobile_push"].path)) == testing.TESTS.times


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("change", ["left", "unconfirmed"])
@pytest.mark.parametrize("way", ["email", "sms"])
def test_the_button_writes_to_no_address_but_the_persons_own(
    alice: User, providers: LocalProviders, way: str, change: str
) -> None:
    _registered(alice, providers, way)
    if change == "left":
        alice.email, alice.phone = "new@example.com", "+14155552672"
    else:
        alice.email_verified_at = alice.phone_verified_at = None
    alice.save()
    answer = testing.test(user=alice, public_id=Destination.objects.get().public_id)
    assert (answer.sent, answer.code, answer.error_class) == (False, "destination_not_yours", "permanent")
    assert providers.asked == []


@pytest.mark.django_db(transaction=True)
def test_the_button_sends_no_more_texts_than_a_day_has(
    api: Api, alice: User, providers: LocalProviders, settings: Settings
) -> None:
    settings.RATE_LIMIT_ENABLED, settings.TEXTS_A_DAY = True, 2
    _registered(alice, providers, "sms")
    url = f"{DEVICES}{Destination.objects.get().public_id}/test/"
    assert [api(alice).post(url).status_code for _ in range(3)] == [200, 200, 429]
    assert len(providers.at(WAYS["sms"].path)) == 2


def _registered(user: User, providers: LocalProviders, way: str) -> None:
    WAYS[way].register(user, providers.url)
    if way == "email":
        services.register(user=user, channel=ChannelName.EMAIL, address={"address": "alice@example.com"})
    if way == "sms":
        services.register(user=user, channel=ChannelName.SMS, address={"address": PHONE})
