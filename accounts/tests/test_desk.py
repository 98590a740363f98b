"""The admin's second factor: nothing opens without it, and there is always a way on."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.contrib.sessions.models import Session as AdminSession
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, reverse
from pytest_django import Settings

from accounts.factors import challenges, proofs
from accounts.factors.services import remove_all
from accounts.factors.ways import recovery, totp
from accounts.models import (
    AuthenticatorApp,
    ChallengePurpose,
    EventKind,
    Passkey,
    RecoveryCode,
    SecurityEvent,
    Session,
    User,
)
from accounts.sessions import Device, open_session
from accounts.tests.conftest import Post
from accounts.tests.factoring import App, with_app, with_codes, with_passkey
from conftest import PASSWORD

INDEX, LOGIN, SECOND = "/admin/", "/admin/login/", "/admin/second-factor/"
LEAD_IN = {"login", "logout", "second_factor"}


def routes(patterns: Any, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Every path of the admin, with something in place of what varies, and its name."""
    for pattern in patterns:
        path = re.sub(r"<[^>]+>", "1", prefix + str(pattern.pattern)).replace("^", "").replace("$", "")
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, path)
        else:
            assert isinstance(pattern, URLPattern)
            yield path.replace("(?P1.*)", "nowhere"), str(pattern.name)


ROUTES = sorted({path for path, name in routes(admin.site.get_urls()) if name not in LEAD_IN})


def half_way(user: User) -> Client:
    """A browser in which ``user`` has given the password."""
    client = Client()
    answer = client.post(LOGIN, {"username": user.email, "password": PASSWORD, "next": INDEX})
    assert answer.status_code == 302
    return client


def where(answer: Any) -> str:
    assert answer.status_code == 302, answer.content
    return str(urlsplit(answer["Location"]).path)


def form(page: Any) -> str:
    return str(page.content.decode())


def test_there_are_routes() -> None:
    assert len(ROUTES) > 100


def test_rule_11_no_page_opens_on_the_password_alone(operator: User) -> None:
    with_app(operator)
    client = half_way(operator)
    for path in ROUTES:
        for method in (client.get, client.post):
            answer = method(INDEX + path)
            assert where(answer) == LOGIN, path
    assert client.get(INDEX, follow=True).request["PATH_INFO"] == SECOND


def test_rule_75_the_second_factor_is_asked_by_the_server(operator: User) -> None:
    app = with_app(operator)
    client = half_way(operator)
    wanted = reverse("admin:accounts_user_changelist")
    page = client.get(wanted, follow=True)
    assert page.request["PATH_INFO"] == SECOND
    assert "authenticator app shows" in form(page)
    asked = f"{SECOND}?{page.request['QUERY_STRING']}"
    assert "That is not right" in form(client.post(asked, {"code": app.shows(5)}))
    assert where(client.get(wanted)) == LOGIN
    key = client.session.session_key
    assert where(client.post(asked, {"code": f" {app.shows()} "})) == wanted
    assert client.session.session_key != key
    assert client.get(wanted).status_code == 200
    assert where(client.get(SECOND)) == INDEX
    assert SecurityEvent.objects.filter(kind=EventKind.FACTOR_FAILED).count() == 1


def test_rule_76_who_has_none_is_led_to_set_one_up(operator: User, post: Post) -> None:
    token = open_session(user=operator)
    client = half_way(operator)
    page = client.get(INDEX, follow=True)
    assert page.request["PATH_INFO"] == SECOND
    found = re.search(r'id="secret">([A-Z2-7]{32})<', form(page))
    assert found
    assert "data:image/svg+xml" in form(page)
    assert found[1] in form(client.get(SECOND)), "the same until it is confirmed"
    app = App(found[1])
    assert "That is not right" in form(client.post(SECOND, {"code": app.shows(5)}))
    assert "That is not right" in form(client.post(SECOND, {"code": "no digits"}))
    assert not RecoveryCode.objects.exists()
    done = form(client.post(SECOND, {"code": app.shows()}))
    codes = re.findall(r"(?:[a-z2-7]{4}-){3}[a-z2-7]{4}", done)
    assert len(set(codes)) == 10
    assert client.get(INDEX).status_code == 200
    assert codes[0] not in form(client.get(SECOND, follow=True))
    assert Session.objects.get().revoked_at is not None, token
    assert "second factor" in post()[0].subject
    recovery.spend(operator, codes[0])


def secret_on(page: Any) -> str:
    found = re.search(r'id="secret">([A-Z2-7]{32})<', form(page))
    assert found
    return found[1]


def test_rule_11_a_secret_that_somebody_else_has_seen_is_shown_to_nobody(operator: User) -> None:
    """Whoever has the password alone looks first, and hopes that the operator confirms what they have seen."""
    thief, owner = half_way(operator), half_way(operator)
    seen = secret_on(thief.get(SECOND))
    shown = secret_on(owner.get(SECOND))
    assert shown != seen
    assert "That is not right" in form(thief.post(SECOND, {"code": App(seen).shows()}))
    assert not AuthenticatorApp.objects.filter(confirmed_at__isnull=False).exists()
    begun_elsewhere = totp.enrol(operator).secret
    assert "That is not right" in form(owner.post(SECOND, {"code": App(shown).shows()}))
    own = secret_on(owner.get(SECOND))
    assert own not in {seen, shown, begun_elsewhere}
    assert where(thief.get(INDEX)) == LOGIN
    owner.post(SECOND, {"code": App(own).shows()})
    assert owner.get(INDEX).status_code == 200


def test_rule_76_a_superuser_made_at_the_console_gets_in(db: None) -> None:
    user = User.objects.create_superuser(email="first@example.com", password=PASSWORD)
    client = half_way(user)
    page = client.get(INDEX, follow=True)
    assert (page.status_code, page.request["PATH_INFO"]) == (200, SECOND)


def test_a_recovery_code_opens_the_admin(operator: User) -> None:
    with_app(operator)
    code = with_codes(operator)[0]
    client = half_way(operator)
    assert where(client.post(SECOND, {"code": code.upper()})) == INDEX
    assert "That is not right" in form(half_way(operator).post(SECOND, {"code": code}))


def test_who_has_passkeys_only_cannot_set_up_an_app_with_the_password(operator: User) -> None:
    with_passkey(operator)
    page = half_way(operator).get(SECOND)
    assert "The admin does not take passkeys" in form(page)
    assert not AuthenticatorApp.objects.exists()


def test_a_code_works_once_for_the_admin_and_the_api_together(operator: User) -> None:
    app = with_app(operator)
    code = app.shows()
    assert where(half_way(operator).post(SECOND, {"code": code})) == INDEX
    assert "That is not right" in form(half_way(operator).post(SECOND, {"code": code}))


def test_guesses_are_limited(operator: User, settings: Settings) -> None:
    app = with_app(operator)
    client = half_way(operator)
    settings.RATE_LIMIT_ENABLED = True
    for _ in range(proofs.OF_ACCOUNT.times):
        assert "That is not right" in form(client.post(SECOND, {"code": app.shows(5)}))
    assert "Too many requests" in form(client.post(SECOND, {"code": app.shows()}))
    assert where(client.get(INDEX)) == LOGIN


@pytest.mark.parametrize("code", ["", "x" * 65])
def test_nonsense_is_refused(operator: User, code: str) -> None:
    with_app(operator)
    assert half_way(operator).post(SECOND, {"code": code}).status_code == 200
    assert not SecurityEvent.objects.filter(kind=EventKind.FACTOR_FAILED).exists()


def test_it_is_for_operators_who_gave_the_password(bob: User) -> None:
    assert where(Client().get(SECOND)) == LOGIN
    client = Client()
    client.force_login(bob)
    assert where(client.get(SECOND)) == LOGIN
    assert not AuthenticatorApp.objects.exists()


def test_who_is_half_way_in_can_leave(operator: User) -> None:
    with_app(operator)
    client = half_way(operator)
    assert where(client.post(SECOND, {"leave": "1"})) == LOGIN
    assert not AdminSession.objects.filter(session_key=client.session.session_key).exists()
    assert where(client.get(SECOND)) == LOGIN


def test_another_site_is_not_where_to_go_on(operator: User) -> None:
    app = with_app(operator)
    asked = f"{SECOND}?next=https://evil.example/"
    assert where(half_way(operator).post(asked, {"code": app.shows()})) == INDEX


def test_a_form_of_another_site_is_refused(operator: User) -> None:
    with_app(operator)
    client = Client(enforce_csrf_checks=True)
    client.cookies = half_way(operator).cookies
    assert client.post(SECOND, {"code": "123456"}).status_code == 403


def test_removing_the_factor_ends_the_admin_login(operator: User) -> None:
    app = with_app(operator)
    client = half_way(operator)
    client.post(SECOND, {"code": app.shows()})
    assert client.get(INDEX).status_code == 200
    assert remove_all(operator)
    assert where(client.get(INDEX)) == LOGIN


@override_settings(ADMIN_SECOND_FACTOR=False)
def test_it_can_be_switched_off_on_a_developers_machine(operator: User) -> None:
    assert half_way(operator).get(INDEX).status_code == 200


@pytest.fixture
def desk(client: Client, operator: User) -> Client:
    client.force_login(operator)
    return client


def ask_removal(desk: Client, user: User) -> str:
    return form(desk.post(reverse("admin:accounts_user_remove_second_factors", args=[user.pk]), follow=True))


def test_an_operator_removes_factors_and_the_person_is_told(
    desk: Client, operator: User, bob: User, post: Post
) -> None:
    with_passkey(bob)
    with_app(bob)
    token = open_session(user=bob, has_second_factor=True)
    assert "the person is told" in ask_removal(desk, bob)
    assert not AuthenticatorApp.objects.exists()
    assert not Passkey.objects.exists()
    assert not RecoveryCode.objects.exists()
    assert not Session.objects.filter(user=bob, revoked_at__isnull=True).exists(), token
    event = SecurityEvent.objects.get(kind=EventKind.FACTOR_REMOVED)
    assert (event.user_id, event.actor_id) == (bob.pk, str(operator.pk))
    assert event.details == {"factor": "all", "factors": 2}
    assert post()[0].subject == "We have removed your second factors"


def test_only_what_is_there_is_removed_and_first_it_is_asked(desk: Client, alice: User, bob: User) -> None:
    with_app(bob)
    asked = desk.get(reverse("admin:accounts_user_remove_second_factors", args=[bob.pk]))
    assert "Be sure that it is they who ask" in form(asked)
    assert AuthenticatorApp.objects.count() == 1
    assert "There was none to remove" in ask_removal(desk, alice)
    assert not SecurityEvent.objects.filter(kind=EventKind.FACTOR_REMOVED).exists()


def test_only_a_superuser_removes_factors(client: Client, alice: User, bob: User) -> None:
    with_app(bob)
    alice.is_staff = True
    alice.save()
    alice.user_permissions.add(*Permission.objects.filter(codename__in=["view_user", "change_user"]))
    client.force_login(alice)
    ask_removal(client, bob)
    assert AuthenticatorApp.objects.filter(user=bob).exists()


def test_the_pages_of_factors_show_no_secret(desk: Client, bob: User) -> None:
    with_passkey(bob)
    app = with_app(bob)
    challenges.issue(ChallengePurpose.FACTOR_PROOF, device=Device(), user=bob)
    for model in ("authenticatorapp", "passkey", "recoverycode", "factorchallenge"):
        assert desk.get(reverse(f"admin:accounts_{model}_changelist"), {"q": "bob@example.com"}).status_code == 200
        row = apps.get_model("accounts", model).objects.first()
        page = form(desk.get(reverse(f"admin:accounts_{model}_change", args=[row.pk])))
        assert app.secret not in page
        assert "_hash" not in page
        assert "memory at" not in page
