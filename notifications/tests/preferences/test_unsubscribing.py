"""The link at the end of a mail."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from dev.mailbox import Mailbox
from notifications import kinds
from notifications.digests.closing import close_due
from notifications.digests.summary import SUMMARY
from notifications.kinds import Kind
from notifications.models import Delivery, DigestChoice, Notification, Preference
from notifications.preferences.deciding import decide
from notifications.services import notify
from notifications.tasks import deliver
from notifications.tests.conftest import PLAN_CHANGED, email_delivery
from notifications.unsubscribing.links import EVERYTHING, OF_CATEGORY, Link, link_of
from notifications.wording import category_title, title_of
from notifications.wording.texts import labels
from numerai.common import clock

URL = "/api/v1/notifications/unsubscribe/"


def link(user: User, what: str = "sample.plan_changed", channel: str = "email") -> Link:
    return Link(user.pk, channel, what)


def asked(token: str, **more: Any) -> Any:
    return Client(enforce_csrf_checks=True).get(URL, {"token": token}, **more)


def clicked(token: str, body: dict[str, str] | None = None) -> Any:
    """As a mail program does it: a form, and nothing that says who it is."""
    data = {"List-Unsubscribe": "One-Click"} if body is None else body
    return Client(enforce_csrf_checks=True).post(f"{URL}?token={token}", data)


def test_rule_61_to_look_changes_nothing(alice: User) -> None:
    page = asked(link(alice).token)
    assert page.status_code == 200
    assert page["Content-Type"] == "text/html; charset=utf-8"
    assert "<form" in page.text
    assert not Preference.objects.exists()
    assert "default-src 'none'" in page["Content-Security-Policy"]
    assert not page.cookies
    assert page["Cache-Control"] == "no-store"


@pytest.mark.parametrize("body", [None, {}], ids=["one_click", "button"])
def test_rule_62_one_click_ends_such_mails_without_a_cookie_or_a_redirect(
    alice: User, body: dict[str, str] | None
) -> None:
    for _ in range(2):
        page = clicked(link(alice).token, body)
        assert page.status_code == 200
        assert not page.cookies
        assert "<form" not in page.text
    assert list(Preference.objects.values_list("user", "kind", "channel", "is_on")) == [
        (alice.pk, "sample.plan_changed", "email", False)
    ]
    assert decide(alice.pk, PLAN_CHANGED, ["email"], "normal", clock.now())["email"].is_on is False


def test_it_names_what_it_ends(alice: User) -> None:
    assert title_of("sample.plan_changed", "en") in asked(link(alice).token).text
    assert "Everything that is not" in asked(link(alice, EVERYTHING).token).text
    assert category_title("billing", "en") in asked(link(alice, f"{OF_CATEGORY}billing").token).text


def test_a_category_is_ended_kind_by_kind_and_what_is_locked_stays(alice: User) -> None:
    kinds.register(Kind("sample.shut", "info", "billing", ("in_app", "email"), can_be_muted=False))
    clicked(link(alice, f"{OF_CATEGORY}billing").token)
    off = set(Preference.objects.filter(is_on=False).values_list("kind", flat=True))
    assert "sample.plan_changed" in off
    assert "sample.shut" not in off
    assert "sample.note" not in off


def test_everything_is_ended_with_what_had_been_turned_on_by_itself(alice: User) -> None:
    Preference.objects.create(user=alice, kind="sample.plan_changed", channel="email", is_on=True)
    Preference.objects.create(user=alice, kind="sample.note", channel="web_push", is_on=True)
    clicked(link(alice, EVERYTHING).token)
    assert set(Preference.objects.values_list("kind", "channel", "is_on")) == {
        ("", "email", False),
        ("sample.note", "web_push", True),
    }


def tampered(token: str) -> list[str]:
    body, _, signature = token.rpartition(":")
    return ["", "x", token[:-1], body, f"{body}x:{signature}", f"{body}:{signature}x", token * 10, "é", "\0"]


def test_rule_61_what_we_did_not_sign_leads_nowhere(alice: User, settings: Settings) -> None:
    for token in tampered(link(alice).token):
        for page in (asked(token), clicked(token)):
            assert page.status_code == 400
            assert "<form" not in page.text
            assert "alice" not in page.text.lower()
    assert Client().get(URL).status_code == 400
    settings.SECRET_KEY = "another-secret-key"
    old = link(alice).token
    settings.SECRET_KEY = "the-newest-secret-key"
    assert asked(old).status_code == 400
    settings.SECRET_KEY_FALLBACKS = ["another-secret-key"]
    assert asked(old).status_code == 200
    assert not Preference.objects.exists()


@pytest.mark.parametrize("what", ["sample.gone", "sample.locked", f"{OF_CATEGORY}gone"])
def test_a_link_that_could_end_nothing_is_void(alice: User, what: str) -> None:
    kinds.register(Kind("sample.locked", "info", "news", ("email",), critical=True))
    assert clicked(link(alice, what).token).status_code == 400
    assert not Preference.objects.exists()


def test_rule_61_it_outlives_years_but_not_the_account(alice: User) -> None:
    token = link(alice).token
    with time_machine.travel(clock.now() + timedelta(days=3650)):
        assert asked(token).status_code == 200
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert clicked(token).status_code == 400
    alice.delete()
    assert clicked(token).status_code == 400


def test_rule_62_every_mail_that_can_be_ended_has_the_headers_and_the_link(alice: User, mailbox: Mailbox) -> None:
    deliver(email_delivery(alice).pk)
    (mail,) = mailbox.messages()
    headers = {name.lower(): value for name, value in mail.headers}
    url = headers["list-unsubscribe"].replace("\r\n", "").strip("<> ").replace(" ", "")
    assert headers["list-unsubscribe-post"] == "List-Unsubscribe=One-Click"
    assert url in mail.text
    assert parse_qs(urlsplit(url).query)["token"] == [link(alice).token]
    assert len(url) < 250
    assert clicked(parse_qs(urlsplit(url).query)["token"][0]).status_code == 200


@pytest.mark.parametrize("options", [{"critical": True}, {"can_be_muted": False}], ids=["critical", "locked"])
def test_rule_62_what_cannot_be_ended_has_neither(alice: User, mailbox: Mailbox, options: dict[str, Any]) -> None:
    kinds.register(Kind("sample.code", "info", "security", ("email",), **options))
    deliver(notify(user=alice, kind="sample.code", context={"code": "402917"}).deliveries.get().pk)
    (mail,) = mailbox.messages()
    assert "list-unsubscribe" not in {name.lower() for name, _ in mail.headers}
    assert "unsubscribe" not in mail.text + mail.html


def test_the_page_speaks_the_persons_language(alice: User) -> None:
    alice.profile.locale = "es-MX"
    alice.profile.save()
    page = asked(link(alice).token).text
    assert '<html lang="es"' in page
    assert str(labels("es")["unsubscribing"]["asks"]) in page


@pytest.mark.parametrize(
    ("category", "what"), [("billing", f"{OF_CATEGORY}billing"), ("", EVERYTHING)], ids=["digest", "mixed"]
)
def test_a_summary_ends_what_stood_in_it(alice: User, category: str, what: str) -> None:
    told = Notification(recipient=alice, kind=SUMMARY.name, data={"window": "x", "category": category})
    assert link_of(Delivery(notification=told, channel="email"), SUMMARY) == Link(alice.pk, "email", what)
    assert link_of(Delivery(notification=told, channel="sms"), SUMMARY) is None


def test_a_digest_by_mail_can_be_ended(alice: User, mailbox: Mailbox) -> None:
    DigestChoice.objects.create(user=alice, category="billing", cadence="hourly")
    deliver(email_delivery(alice).pk)
    with time_machine.travel(clock.now() + timedelta(hours=2)):
        assert close_due() == 1
        deliver(Delivery.objects.get(notification__kind=SUMMARY.name).pk)
    (mail,) = mailbox.messages()
    assert link(alice, f"{OF_CATEGORY}billing").token in mail.text.replace("%3A", ":").replace("%7E", "~")
