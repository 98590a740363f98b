"""What an operator sees of an account, and what they may do about it: asked first, through the API's own services."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings

from accounts import limits
from accounts.leaving.services import ask_deletion
from accounts.models import EventKind, Identity, IdentityProvider, SecurityEvent, Session, SessionEnd, User
from accounts.sessions import open_session
from accounts.tests.conftest import Post
from accounts.tests.factoring import with_app
from accounts.tests.leaving import erase
from conftest import PASSWORD, Api
from numerai.common import clock

LIST = "/admin/accounts/user/"
LOGIN = "/api/v1/auth/login/"
SECRETS = ("hash", "secret", "token", "sealed", "credential", "password", "bound_to")
ACTIONS = ["unlock", "end_sessions", "send_reset_link", "remove_second_factors"]


@pytest.fixture
def desk(operator: User) -> Client:
    client = Client()
    client.force_login(operator)
    return client


def page(user: User, action: str = "change") -> str:
    return reverse(f"admin:accounts_user_{action}", args=[user.pk])


def text_of(client: Client, path: str, **query: str) -> str:
    return client.get(path, query).content.decode()


def state_of(client: Client, user: User) -> str:
    """As the list labels it."""
    row = text_of(client, LIST, q=str(user.email)).partition(f"{user.pk}/change/")[2].partition("</tr>")[0]
    return next(name for name in ("active", "unverified", "locked", "closed", "leaving", "erased") if name in row)


def fail(api: Api, user: User, *, times: int, address: str = "198.51.100.7") -> Any:
    body = {"email": user.email, "password": "wrong wrong wrong"}
    return [api(None).post(LOGIN, body, REMOTE_ADDR=address) for _ in range(times)][-1]


def test_each_state_is_labelled(desk: Client, api: Api, alice: User, bob: User, dora: User, settings: Settings) -> None:
    assert state_of(desk, alice) == "active"
    assert state_of(desk, dora) == "unverified"
    settings.RATE_LIMIT_ENABLED = True
    fail(api, bob, times=6)
    assert state_of(desk, bob) == "locked"
    with time_machine.travel(clock.now() + timedelta(seconds=settings.ACCOUNT_LOCK_DURATION + 1)):
        client = Client()
        client.force_login(User.objects.get(is_superuser=True))
        assert state_of(client, bob) == "active"
    User.objects.filter(pk=bob.pk).update(is_active=False)
    assert state_of(desk, bob) == "closed"
    deletion = ask_deletion(alice)
    assert state_of(desk, alice) == "leaving"
    erase(deletion)
    alice.refresh_from_db()
    assert state_of(desk, alice) == "erased"
    assert "erased" in text_of(desk, page(alice))


def test_a_page_tells_of_sessions_identities_factors_and_the_last_sign_in(desk: Client, api: Api, alice: User) -> None:
    assert "Second factors" in text_of(desk, page(alice))
    Identity.objects.create(user=alice, provider=IdentityProvider.GOOGLE, subject="1", email="alice@gmail.example")
    api(None).post(LOGIN, {"email": alice.email, "password": PASSWORD}, HTTP_USER_AGENT="Firefox/140")
    event = SecurityEvent.objects.get(kind=EventKind.SIGN_IN, user_id=alice.pk)
    with_app(alice)
    shown = text_of(desk, page(alice))
    for told in ("alice@gmail.example", "1 authenticator app", "Security events", "Money"):
        assert told in shown
    assert f"{event.at:%Y-%m-%d %H:%M} UTC" in shown


def test_the_list_asks_the_same_for_many_people(
    desk: Client, alice: User, bob: User, dora: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(6):
        desk.get(LIST)


@pytest.mark.parametrize("action", ACTIONS)
def test_rule_75_nothing_is_done_before_it_is_confirmed(desk: Client, bob: User, action: str) -> None:
    open_session(user=bob)
    with_app(bob)
    before = SecurityEvent.objects.count()
    asked = desk.get(page(bob, action))
    assert "bob@example.com" in asked.content.decode()
    assert SecurityEvent.objects.count() == before
    assert Session.objects.filter(revoked_at=None).exists()
    desk.post(page(bob, action))
    event = SecurityEvent.objects.order_by("-id")[0]
    assert (event.actor_kind, event.user_id) == ("operator", bob.pk)


@pytest.mark.parametrize("action", ACTIONS)
def test_rule_75_who_may_only_look_does_nothing(bob: User, action: str) -> None:
    clerk = User.objects.create_user(email="clerk@example.com", full_name="Carl Clerk", is_staff=True)
    clerk.user_permissions.add(Permission.objects.get(codename="view_user"))
    client = Client()
    client.force_login(clerk)
    shown = text_of(client, page(bob))
    assert "Unlock" not in shown
    assert client.post(page(bob, action)).status_code == 403
    assert client.get(page(bob, action)).status_code == 403


@pytest.mark.parametrize("action", ACTIONS)
def test_rule_75_who_may_change_people_touches_no_operator(operator: User, action: str) -> None:
    clerk = User.objects.create_user(email="clerk@example.com", full_name="Carl Clerk", is_staff=True)
    clerk.user_permissions.add(*Permission.objects.filter(codename__in=["view_user", "change_user"]))
    client = Client()
    client.force_login(clerk)
    assert client.post(page(operator, action)).status_code == 403
    assert (
        not SecurityEvent.objects.filter(user_id=operator.pk, actor_kind="operator")
        .exclude(kind__in=[EventKind.DENIED, EventKind.SIGN_IN])
        .exists()
    )


def test_ending_sessions(desk: Client, alice: User, bob: User) -> None:
    open_session(user=bob)
    open_session(user=alice)
    told = desk.post(page(bob, "end_sessions"), follow=True).content.decode()
    assert "1 sessions were ended" in told
    assert Session.objects.get(user=bob).revoke_reason == SessionEnd.OPERATOR
    assert Session.objects.get(user=alice).revoked_at is None


@pytest.mark.parametrize("addresses", [1, 60])
def test_unlocking_lets_everybody_try_again(
    desk: Client, api: Api, bob: User, alice: User, settings: Settings, addresses: int
) -> None:
    settings.RATE_LIMIT_ENABLED = True
    own, right = "198.51.100.7", {"email": bob.email, "password": PASSWORD}
    fail(api, alice, times=6, address=own)
    fail(api, bob, times=6, address=own)
    for number in range(addresses - 1):
        fail(api, bob, times=1, address=f"203.0.{number}.1")
    assert api(None).post(LOGIN, right, REMOTE_ADDR=own).status_code == 429
    assert "can be tried again" in desk.post(page(bob, "unlock"), follow=True).content.decode()
    assert state_of(desk, bob) == "active"
    event = SecurityEvent.objects.get(kind=EventKind.SIGN_IN_UNLOCKED)
    assert (event.actor_kind, event.user_id) == ("operator", bob.pk)
    # Another may still not try as somebody else, and whoever goes on guessing is stopped as before.
    assert fail(api, alice, times=1, address=own).status_code == 429
    assert fail(api, bob, times=5, address=own).status_code == 400
    assert fail(api, bob, times=1, address=own).status_code == 429
    desk.post(page(bob, "unlock"))
    assert api(None).post(LOGIN, right, REMOTE_ADDR="198.51.100.99").status_code == 200


def test_a_reset_link_goes_to_the_person_alone(desk: Client, bob: User, post: Post) -> None:
    told = desk.post(page(bob, "send_reset_link"), follow=True).content.decode()
    assert "on its way" in told
    (mail,) = post()
    assert [recipient.address for recipient in mail.to] == ["bob@example.com"]
    assert "/reset-password?token=" in mail.text
    assert "token=" not in told
    event = SecurityEvent.objects.get(kind=EventKind.PASSWORD_RESET_ASKED)
    assert (event.actor_kind, event.user_id) == ("operator", bob.pk)


def test_nobody_is_nobody(desk: Client, bob: User) -> None:
    missing = page(bob, "unlock").replace(str(bob.pk), "00000000-0000-4000-8000-000000000000")
    assert desk.post(missing).status_code == 404


def test_there_may_be_no_factor_to_remove(desk: Client, bob: User) -> None:
    told = desk.post(page(bob, "remove_second_factors"), follow=True).content.decode()
    assert "There was none to remove" in told


def test_a_reset_link_is_for_who_has_an_address(desk: Client, bob: User, settings: Settings) -> None:
    settings.RATE_LIMIT_ENABLED = True
    desk.post(page(bob, "send_reset_link"))
    again = desk.post(page(bob, "send_reset_link"), follow=True).content.decode()
    assert "Too many requests" in again
    User.objects.filter(pk=bob.pk).update(is_active=False)
    refused = desk.post(page(bob, "send_reset_link"), follow=True).content.decode()
    assert "no address of its own" in refused
    assert SecurityEvent.objects.filter(kind=EventKind.PASSWORD_RESET_ASKED).count() == 1


def test_an_operators_own_password_is_changed_as_everybodys(desk: Client, operator: User) -> None:
    open_session(user=operator)
    path, new = reverse("admin:password_change"), "a sentence for the new one"
    assert desk.get(path).status_code == 200
    for chosen, again in (("olivia operator", "olivia operator"), ("password", "password"), ("other", new)):
        form = {"old_password": PASSWORD, "new_password1": chosen, "new_password2": again}
        assert desk.post(path, form).status_code == 200
    form = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert desk.post(path, form)["Location"] == reverse("admin:password_change_done")
    operator.refresh_from_db()
    assert operator.check_password(new)
    assert Session.objects.get().revoke_reason == SessionEnd.PASSWORD_CHANGE
    event = SecurityEvent.objects.get(kind=EventKind.PASSWORD_CHANGED)
    assert event.actor_kind == "operator"
    assert desk.get(LIST).status_code == 200


def test_rule_43_whoever_holds_an_admin_login_does_not_guess_the_password_with_it(
    desk: Client, operator: User, settings: Settings
) -> None:
    settings.RATE_LIMIT_ENABLED = True
    path, new = reverse("admin:password_change"), "a sentence for the new one"
    form = {"old_password": "a wrong guess", "new_password1": new, "new_password2": new}
    for _ in range(limits.PROOF.times):
        assert "entered incorrectly" in desk.post(path, form).content.decode()
    assert SecurityEvent.objects.filter(kind=EventKind.SIGN_IN_FAILED, user_id=operator.pk).count() == (
        limits.PROOF.times
    )
    assert "Too many requests" in desk.post(path, form | {"old_password": PASSWORD}).content.decode()
    operator.refresh_from_db()
    assert operator.check_password(PASSWORD)


def test_rule_03_an_own_password_is_no_longer_than_what_signs_in(desk: Client, operator: User) -> None:
    path, longest = reverse("admin:password_change"), "ab " * 341 + "c"
    for chosen, status in ((f"{longest}d", 200), (longest, 302)):
        form = {"old_password": PASSWORD, "new_password1": chosen, "new_password2": chosen}
        assert desk.post(path, form).status_code == status
    operator.refresh_from_db()
    assert operator.check_password(longest)


def shown_by(model_admin: Any, request: Any) -> set[str]:
    """Every name that an admin class lists, shows, filters or searches by."""
    names = [
        *model_admin.get_list_display(request),
        *model_admin.get_list_filter(request),
        *model_admin.get_readonly_fields(request),
        *(name for _, part in model_admin.get_fieldsets(request) for name in part["fields"]),
    ]
    flat = [each for name in names for each in (name if isinstance(name, (list, tuple)) else [name])]
    return {name for name in flat if isinstance(name, str)}


@pytest.mark.parametrize("model", admin.site._registry, ids=str)
def test_rule_75_no_page_has_a_column_that_opens_anything(model: Any, desk: Client, operator: User) -> None:
    request = desk.get("/admin/").wsgi_request
    request.user = operator
    model_admin: Any = admin.site._registry[model]
    shown = shown_by(model_admin, request)
    for inline in model_admin.inlines:
        shown |= set(inline.fields or [field.name for field in inline.model._meta.fields])
    assert not {name for name in shown if any(secret in name for secret in SECRETS)}


def test_rule_75_nothing_is_given_out_as_a_table(desk: Client) -> None:
    """Spreadsheets run what begins with an equals sign; the only export is a person's own, in JSON."""
    for model_admin in admin.site._registry.values():
        names = [name for name in (model_admin.actions or ()) if isinstance(name, str)]
        assert not [name for name in names if "csv" in name or "export" in name]
    for app in ("accounts", "payments", "notifications", "numerology", "common"):
        assert not hasattr(apps.get_app_config(app).module, "csv")
    answer = desk.get(LIST, {"format": "csv"})
    assert answer["Content-Type"].startswith("text/html")
