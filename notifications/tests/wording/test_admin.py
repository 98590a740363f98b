"""Operators write words: tried out on sample values, refused when they are unsound, kept as versions."""

from html import unescape

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from accounts.models import User
from notifications.models import Wording
from notifications.services import notify
from notifications.wording import editing
from numerai.common.models import AuditEntry

WRITE = "admin:notifications_wording_write"
TARGET = {"kind": "sample.plan_changed", "channel": "in_app", "language": "en"}
WORDS = {"title": "Now {{ plan }}", "message": "You have {{ plan }}."}
MAIL = {"subject": "S {{ plan }}", "preheader": "p", "heading": "h", "body": "Hi **you**,\r\n\r\n> {{ plan }}"}


@pytest.fixture
def desk(operator: User) -> Client:
    client = Client()
    client.force_login(operator)
    return client


def url(**target: str) -> str:
    return reverse(WRITE, query=TARGET | target)


def test_first_an_operator_says_which_words(desk: Client) -> None:
    page = desk.get(reverse(WRITE))
    assert page.status_code == 200
    assert "sample.plan_changed" in page.content.decode()
    refused = desk.get(url(channel="sms")).content.decode()
    assert "sample.plan_changed does not go by sms." in refused
    assert desk.get(url(kind="nobody.knows")).status_code == 200


def test_the_form_begins_with_what_is_said_now(desk: Client) -> None:
    page = desk.get(url()).content.decode()
    assert "{{ person.full_name }}, your plan is {{ plan }}" in page
    assert "action_url, extra, frontend_url, person.full_name, person.timezone, plan" in page


def test_rule_58_a_preview_shows_sample_values_and_keeps_nothing(desk: Client) -> None:
    page = unescape(desk.post(url(channel="email"), MAIL | {"preview": "1"}).content.decode())
    assert '<iframe sandbox="" srcdoc="' in page
    assert "Hi <strong>you</strong>," in unescape(page)
    assert "S Elite" in page
    assert not Wording.objects.exists()


def test_a_text_to_a_phone_shows_what_it_costs(desk: Client) -> None:
    where = url(kind="accounts.phone_code", channel="sms")
    cheap = desk.post(where, {"text": "Code {{ code }}", "preview": "1"}).content.decode()
    assert "1 segment, in the cheap alphabet." in cheap
    dear = desk.post(where, {"text": "कोड {{ code }} " + "क" * 80, "preview": "1"}).content.decode()
    assert "2 segments, dear" in dear


def test_what_is_saved_is_a_version_that_is_used_and_recorded(desk: Client, operator: User, alice: User) -> None:
    answer = desk.post(url(), WORDS | {"note": "shorter"})
    row = Wording.objects.get()
    assert answer.headers["Location"] == reverse("admin:notifications_wording_change", args=[row.pk])
    assert (row.version, row.is_active, row.parts, row.note, row.written_by) == (1, True, WORDS, "shorter", operator)
    assert notify(user=alice, kind="sample.plan_changed", context={"plan": "Basic"}).title == "Now Basic"
    entry = AuditEntry.objects.get(object_type="notifications.wording")
    assert (entry.actor_id, entry.before["version"], entry.after["version"]) == (str(operator.pk), None, 1)


@pytest.mark.parametrize(
    ("part", "text", "fault"),
    [
        ("title", "Hi {{ nobody }} {{ person.salary }}", "nobody gives it: nobody, person.salary"),
        ("message", "{% if plan %}", "TemplateSyntaxError"),
        ("message", "{% include 'x' %}", "TemplateSyntaxError"),
        ("title", "", "required"),
        ("title", "{{ extra|default:'' }}{{ plan|first|default:' ' }}" * 20, "too long"),
    ],
    ids=["unknown", "malformed", "include", "empty", "long"],
)
def test_rule_58_unsound_words_are_refused_and_nothing_changes(desk: Client, part: str, text: str, fault: str) -> None:
    page = desk.post(url(), WORDS | {part: text})
    assert page.status_code == 200
    assert fault in unescape(page.content.decode())
    assert not Wording.objects.exists()


def test_words_that_say_nothing_on_the_sample_are_refused(desk: Client) -> None:
    page = desk.post(url(), WORDS | {"title": "{% if not plan %}a{% endif %}"})
    assert "title says nothing." in page.content.decode()
    assert not Wording.objects.exists()


def test_a_version_is_shown_and_begun_from(desk: Client) -> None:
    first = editing.put("sample.plan_changed", "in_app", "en", WORDS)
    second = editing.put("sample.plan_changed", "in_app", "en", WORDS | {"title": "Other {{ plan }}"})
    page = desk.get(reverse("admin:notifications_wording_change", args=[first.pk])).content.decode()
    assert "Now Elite" in page
    assert "Write a new version" in page
    led = desk.get(reverse("admin:notifications_wording_rewrite", args=[first.pk]), follow=True).content.decode()
    assert "Now {{ plan }}" in led
    assert "Other" not in led
    assert "Other {{ plan }}" in desk.get(url()).content.decode()
    assert "Other" not in desk.get(url(version="7")).content.decode()
    desk.post(url(version="1"), WORDS)
    assert list(Wording.objects.order_by("version").values_list("version", "is_active")) == [
        (1, False),
        (2, False),
        (3, True),
    ]
    assert second.version == 2


def test_a_version_whose_kind_has_gone_is_still_shown(desk: Client) -> None:
    row = Wording.objects.create(kind="gone.away", channel="email", language="en", version=1, parts=MAIL)
    page = desk.get(reverse("admin:notifications_wording_change", args=[row.pk])).content.decode()
    assert "It can no longer be used" in page


def test_the_shipped_words_come_back(desk: Client, alice: User) -> None:
    row = editing.put("sample.plan_changed", "in_app", "en", WORDS)
    page = reverse("admin:notifications_wording_use_shipped", args=[row.pk])
    assert "Use the shipped words again" in desk.get(page).content.decode()
    row.refresh_from_db()
    assert row.is_active
    assert "are used from now on" in desk.post(page, follow=True).content.decode()
    assert notify(user=alice, kind="sample.plan_changed", context={"plan": "b"}).title.endswith("your plan is b")
    assert "were in use already" in desk.post(page, follow=True).content.decode()
    assert AuditEntry.objects.filter(object_type="notifications.wording").count() == 2


def test_a_row_that_is_not_there_is_not_found(desk: Client) -> None:
    assert desk.post(reverse("admin:notifications_wording_use_shipped", args=[77])).status_code == 404
    assert desk.get(reverse("admin:notifications_wording_rewrite", args=[77])).status_code == 404


def test_only_who_may_write_words_can(alice: User) -> None:
    row = editing.put("sample.plan_changed", "in_app", "en", WORDS)
    User.objects.filter(pk=alice.pk).update(is_staff=True)
    alice.user_permissions.add(Permission.objects.get(codename="view_wording"))
    client = Client()
    client.force_login(alice)
    assert client.get(reverse("admin:notifications_wording_change", args=[row.pk])).status_code == 200
    for page in (url(), reverse("admin:notifications_wording_use_shipped", args=[row.pk])):
        assert client.get(page).status_code == 403
        assert client.post(page, WORDS).status_code == 403
    row.refresh_from_db()
    assert (row.is_active, Wording.objects.count()) == (True, 1)
