"""From words to what is sent."""

import pytest
from django.utils import timezone, translation
from pytest_django import Settings

from accounts.models import User
from notifications import wording
from notifications.kinds import Kind
from notifications.services import notify
from notifications.tests.conftest import PLAN_CHANGED
from notifications.wording import TemplateFault
from notifications.wording.rendering import Words

pytestmark = pytest.mark.django_db


def context(**values: object) -> dict[str, object]:
    return {"person": {"full_name": "Zoë <b>"}, "frontend_url": "https://app.example", "action_url": "", **values}


def mail(**values: object) -> dict[str, str]:
    return wording.render(PLAN_CHANGED, "email", "en", context(**values))


def in_app(**values: object) -> dict[str, str]:
    return wording.render(PLAN_CHANGED, "in_app", "en", context(**values))


def test_rule_54_html_is_escaped_and_text_is_not() -> None:
    sent = mail(plan="<script>&")
    assert "&lt;script&gt;&amp;" in sent["html"]
    assert "<script>" not in sent["html"]
    assert "Hello Zoë <b>," in sent["text"]
    assert "you now have <script>&." in sent["text"]
    assert "<script>&" in in_app(plan="<script>&")["title"]


@pytest.mark.parametrize("target", ["javascript:alert(1)", "data:text/html,x", "//evil.example", "/path"])
def test_rule_54_a_button_leads_to_the_web_alone(target: str) -> None:
    with pytest.raises(TemplateFault, match="http"):
        mail(plan="elite", action_url=target)
    with pytest.raises(TemplateFault, match="http"):
        mail(plan="elite", link=target)


@pytest.mark.parametrize("separator", ["\n", "\r\n", "\r", "\u2028", "\u2029", "\x85", "\x0b", "\x0c"], ids=ascii)
def test_rule_56_a_subject_is_one_line(separator: str) -> None:
    sent = mail(plan=f"a{separator}Bcc: b@example.com")
    assert sent["subject"] == "Your plan: a Bcc: b@example.com"


def test_the_layout_frames_every_mail() -> None:
    sent = mail(plan="elite", action_url="https://app.example/plans?a=1&b=2")
    assert '<html lang="en" dir="ltr"' in sent["html"]
    assert "You now have elite." in sent["html"]
    assert "you now have <strong>elite</strong>." in sent["html"]
    assert 'href="https://app.example/plans?a=1&amp;b=2"' in sent["html"]
    assert "prefers-color-scheme: dark" in sent["html"]
    assert "Open NumerAI:\nhttps://app.example/plans?a=1&b=2" in sent["text"]
    assert "{{" not in sent["html"] + sent["text"]
    assert "**" not in sent["text"]


def test_a_mail_without_an_action_has_no_button() -> None:
    sent = mail(plan="elite")
    assert 'class="button"' not in sent["html"]
    assert "https://app.example/plans" not in sent["text"]


def test_a_way_out_is_shown_where_there_is_one() -> None:
    assert "Stop these mails" not in mail(plan="elite")["html"] + mail(plan="elite")["text"]
    sent = mail(plan="elite", unsubscribe_url="https://api.example/stop?a=1&b=2")
    assert '<a href="https://api.example/stop?a=1&amp;b=2"' in sent["html"]
    assert "Stop these mails: https://api.example/stop?a=1&b=2" in sent["text"]


def test_rule_58_a_name_that_is_missing_is_named() -> None:
    with pytest.raises(TemplateFault, match=r"sample.plan_changed, email, en: The context has no plan"):
        mail()


def test_rule_58_an_optional_name_may_be_asked_for() -> None:
    assert in_app(plan="a")["message"] == "From today on you have a."
    assert in_app(plan="a", extra="b")["message"] == "From today on you have a and b."


def test_missing_and_malformed_words_are_faults() -> None:
    incomplete = Kind("sample.incomplete", "info", "news", ("in_app",))
    with pytest.raises(TemplateFault, match="TemplateSyntaxError"):
        wording.render(incomplete, "in_app", "en", context())
    with pytest.raises(TemplateFault, match="no words for email"):
        wording.render(incomplete, "email", "en", context())
    with pytest.raises(TemplateFault, match="no words for in_app"):
        wording.render(Kind("nobody.knows", "info", "news", ("in_app",)), "in_app", "en", context())


def test_long_texts_are_cut_to_their_columns(alice: User) -> None:
    notification = notify(user=alice, kind="sample.note", context={"text": "x" * 3000})
    notification.refresh_from_db()
    assert notification.title == "x" * 199 + "…"
    assert len(notification.message) == 2000
    assert notification.message.endswith("…")


@pytest.mark.parametrize(
    ("url", "absolute"),
    [
        ("", ""),
        ("/settings", "http://localhost:3000/settings"),
        ("https://elsewhere.example/x", "https://elsewhere.example/x"),
    ],
)
def test_a_path_leads_to_the_frontend(bob: User, settings: Settings, url: str, absolute: str) -> None:
    settings.FRONTEND_URL = "http://localhost:3000"
    made = wording.context_for(recipient=bob, data={"plan": "x", "person": "stored"}, action_url=url)
    assert made["action_url"] == absolute
    assert made["person"] == {"full_name": "Bob Stone", "timezone": "UTC"}
    assert made["plan"] == "x"


def test_rule_84_neither_language_nor_zone_leaks() -> None:
    words = Words("sample.note", "in_app", "es", {"title": "{{ at|moment }}", "message": "{{ at|day }}"})
    told = context(at="2026-12-20T23:30:00+00:00", person={"full_name": "Zoë", "timezone": "Asia/Kolkata"})
    with translation.override("en"):
        assert words.render(told)["message"].startswith("21 ")
        assert (translation.get_language(), timezone.get_current_timezone_name()) == ("en", "UTC")
        with pytest.raises(TemplateFault):
            Words("sample.note", "in_app", "es", {"title": "{{ nothing }}", "message": ""}).render(told)
        assert (translation.get_language(), timezone.get_current_timezone_name()) == ("en", "UTC")


@pytest.mark.parametrize("zone", ["Nowhere/At_All", "", "../etc"])
def test_an_unknown_zone_is_utc(zone: str) -> None:
    words = Words("sample.note", "in_app", "en", {"title": "{{ at|moment }}", "message": "m"})
    told = context(at="2026-12-20T23:30:00+00:00", person={"full_name": "Zoë", "timezone": zone})
    assert words.render(told)["title"] == "20 December 2026, 23:30 UTC"
