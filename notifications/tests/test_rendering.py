import pytest
from pytest_django import Settings

from accounts.models import User
from notifications import rendering
from notifications.kinds import Kind
from notifications.rendering import TemplateFault
from notifications.services import notify
from notifications.tests.conftest import PLAN_CHANGED


def context(**values: object) -> dict[str, object]:
    return {"person": {"full_name": "Zoë <b>"}, "frontend_url": "https://app.example", "action_url": "", **values}


def test_html_is_escaped_and_text_is_not() -> None:
    email = rendering.email(PLAN_CHANGED, context(plan="<script>&"))
    assert "&lt;script&gt;&amp;" in email.html
    assert "<script>" not in email.html
    assert "Hello Zoë <b>," in email.text
    assert "you now have <script>&." in email.text


@pytest.mark.parametrize("separator", ["\n", "\r\n", "\r", "\u2028", "\u2029", "\x85", "\x0b", "\x0c"])
def test_a_subject_is_one_line(separator: str) -> None:
    email = rendering.email(PLAN_CHANGED, context(plan=f"a{separator}Bcc: b@example.com"))
    assert email.subject == "Your plan: a Bcc: b@example.com"


def test_the_layout_frames_every_mail() -> None:
    email = rendering.email(PLAN_CHANGED, context(plan="elite", action_url="https://app.example/plans?a=1&b=2"))
    assert "You now have elite." in email.html
    assert 'href="https://app.example/plans?a=1&amp;b=2"' in email.html
    assert "prefers-color-scheme: dark" in email.html
    assert "https://app.example/plans?a=1&b=2" in email.text
    assert "{{" not in email.html + email.text


def test_a_mail_without_an_action_has_no_button() -> None:
    email = rendering.email(PLAN_CHANGED, context(plan="elite"))
    assert 'class="button"' not in email.html
    assert "https://app.example/plans" not in email.text


def test_a_name_that_is_missing_is_named() -> None:
    with pytest.raises(TemplateFault, match="the context has no plan"):
        rendering.email(PLAN_CHANGED, context())


def test_an_optional_name_may_be_asked_for() -> None:
    assert rendering.in_app(PLAN_CHANGED, context(plan="a"))[1] == "From today on you have a."
    assert rendering.in_app(PLAN_CHANGED, context(plan="a", extra="b"))[1] == "From today on you have a and b."


def test_missing_and_malformed_templates_are_faults() -> None:
    incomplete = Kind("sample.incomplete", "info", "news", ("in_app",))
    with pytest.raises(TemplateFault, match="TemplateSyntaxError"):
        rendering.in_app(incomplete, context())
    with pytest.raises(TemplateFault, match="TemplateDoesNotExist"):
        rendering.email(incomplete, context())


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
    made = rendering.context_for(recipient=bob, data={"plan": "x", "person": "stored"}, action_url=url)
    assert made["action_url"] == absolute
    assert made["person"] == {"full_name": "Bob Stone"}
    assert made["plan"] == "x"


def test_while_debugging_an_edited_template_shows_at_once(settings: Settings) -> None:
    settings.DEBUG = True
    rendering.engine.cache_clear()
    assert rendering.in_app(PLAN_CHANGED, context(plan="a"))[0] == "Zoë <b>, your plan is a"
