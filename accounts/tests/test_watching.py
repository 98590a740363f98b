"""What operators do to people, and who asks for what they may not do."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import Group, Permission
from django.test import Client

from accounts.events import EventKind
from accounts.models import SecurityEvent, User
from accounts.tests.together import together
from conftest import PASSWORD, Api, make_user
from numerai.common import clock


@pytest.fixture
def desk(client: Client, operator: User) -> Client:
    client.force_login(operator)
    return client


def kept(kind: EventKind) -> list[SecurityEvent]:
    return list(SecurityEvent.objects.filter(kind=kind).order_by("pk"))


def page_of(user: User) -> str:
    return f"/admin/accounts/user/{user.pk}/change/"


def form_of(user: User, **changes: object) -> dict[str, object]:
    session = {f"{rows}-{name}_FORMS": 0 for rows in ("sessions", "identities") for name in ("TOTAL", "INITIAL")}
    shown = {"email": user.email, "phone": user.phone or "", "full_name": user.full_name, "is_active": "on"}
    return {**session, **shown, **changes}


def test_rule_70_looking_at_a_person_is_kept_once_an_hour(desk: Client, operator: User, bob: User, alice: User) -> None:
    for _ in range(3):
        assert desk.get(page_of(bob)).status_code == 200
        assert desk.get(f"/admin/accounts/profile/{bob.profile.pk}/change/").status_code == 200
    desk.get(page_of(alice))
    desk.get("/admin/accounts/user/")
    desk.get("/admin/accounts/user/add/")
    first, second = kept(EventKind.OPERATOR_LOOKED)
    assert (first.user_id, first.actor_kind, first.actor_id) == (bob.pk, "operator", str(operator.pk))
    assert (second.user_id, second.details) == (alice.pk, {})
    assert first.request_id
    with time_machine.travel(clock.now() + timedelta(minutes=61)):
        desk.force_login(operator)
        desk.get(page_of(bob))
    assert len(kept(EventKind.OPERATOR_LOOKED)) == 3


def test_looks_of_two_operators_are_two_looks(desk: Client, bob: User) -> None:
    other = make_user(email="two@example.com", full_name="Two", born=None, is_staff=True, is_superuser=True)
    second = Client()
    second.force_login(other)
    desk.get(page_of(bob))
    second.get(page_of(bob))
    assert len({event.actor_id for event in kept(EventKind.OPERATOR_LOOKED)}) == 2


def test_rule_72_a_change_by_an_operator_is_kept_by_the_names_of_its_fields(
    desk: Client, operator: User, bob: User
) -> None:
    desk.post(page_of(bob), form_of(bob, full_name="Robert Stone", phone="+14155552671"))
    [event] = kept(EventKind.OPERATOR_CHANGED)
    assert event.details == {"fields": ["full_name", "phone"]}
    assert (event.user_id, event.actor_kind, event.actor_id) == (bob.pk, "operator", str(operator.pk))

    page = f"/admin/accounts/profile/{bob.profile.pk}/change/"
    desk.post(page, {"date_of_birth": "1990-08-15", "gender": "", "location": "Paris", "bio": ""})
    assert kept(EventKind.OPERATOR_CHANGED)[1].details == {"fields": ["location"]}
    assert not kept(EventKind.ROLE_CHANGED)


def test_a_person_made_by_an_operator_is_a_change(desk: Client) -> None:
    form = {"email": "new@example.com", "full_name": "New"}
    desk.post("/admin/accounts/user/add/", form)
    [event] = kept(EventKind.OPERATOR_CHANGED)
    assert event.user_id == User.objects.get(email="new@example.com").pk


def test_saving_without_a_change_and_a_refused_form_leave_nothing(desk: Client, bob: User) -> None:
    assert desk.post(page_of(bob), form_of(bob)).status_code == 302
    assert desk.post(page_of(bob), form_of(bob, email="no address", is_staff="on")).status_code == 200
    assert not kept(EventKind.OPERATOR_CHANGED)
    assert not kept(EventKind.ROLE_CHANGED)


def test_rule_70_powers_given_to_a_person_are_kept_before_and_after(desk: Client, bob: User) -> None:
    group = Group.objects.create(name="Desk")
    permission = Permission.objects.get(codename="view_user")
    given = form_of(bob, is_staff="on", groups=[group.pk], user_permissions=[permission.pk])
    assert desk.post(page_of(bob), given).status_code == 302
    [event] = kept(EventKind.ROLE_CHANGED)
    assert event.user_id == bob.pk
    assert event.details == {
        "before": {"is_staff": False, "is_superuser": False, "groups": [], "user_permissions": []},
        "after": {
            "is_staff": True,
            "is_superuser": False,
            "groups": [group.pk],
            "user_permissions": [permission.pk],
        },
    }


def test_rule_70_powers_given_to_a_group_are_kept_before_and_after(desk: Client) -> None:
    permission = Permission.objects.get(codename="view_user")
    desk.post("/admin/auth/group/add/", {"name": "Desk", "permissions": [permission.pk]})
    group = Group.objects.get()
    desk.post(f"/admin/auth/group/{group.pk}/change/", {"name": "Desk", "permissions": [permission.pk]})
    desk.post(f"/admin/auth/group/{group.pk}/change/", {"name": "Desk"})
    desk.post(f"/admin/auth/group/{group.pk}/delete/", {"post": "yes"})
    other = Group.objects.create(name="Other")
    chosen = {"action": "delete_selected", "_selected_action": [other.pk], "post": "yes"}
    desk.post("/admin/auth/group/", chosen)
    assert not Group.objects.exists()

    def shape(group_id: int, *permissions: int) -> dict[str, object]:
        return {"group": group_id, "permissions": list(permissions)}

    assert [event.details for event in kept(EventKind.ROLE_CHANGED)] == [
        {"before": {}, "after": shape(group.pk, permission.pk)},
        {"before": shape(group.pk, permission.pk), "after": shape(group.pk)},
        {"before": shape(group.pk), "after": {}},
        {"before": shape(other.pk), "after": {}},
    ]
    assert {event.user_id for event in kept(EventKind.ROLE_CHANGED)} == {None}


@pytest.fixture
def helper(db: None) -> User:
    return User.objects.create_user(email="help@example.com", full_name="Helper", password=PASSWORD, is_staff=True)


def test_rule_70_what_somebody_may_not_do_is_kept_once_a_route_and_minute(client: Client, helper: User) -> None:
    client.force_login(helper)
    for _ in range(3):
        assert client.get("/admin/accounts/user/").status_code == 403
    answer = client.get("/admin/common/seal/")
    assert answer.status_code == 403
    first, second = kept(EventKind.DENIED)
    assert (first.user_id, first.actor_id) == (helper.pk, str(helper.pk))
    assert first.details == {"route": "admin/accounts/user/", "method": "GET"}
    assert second.request_id == answer["X-Request-ID"] == answer.json()["request_id"]
    with time_machine.travel(clock.now() + timedelta(seconds=61)):
        client.get("/admin/accounts/user/")
    assert len(kept(EventKind.DENIED)) == 3


@pytest.mark.urls("numerai.tests.urls_for_errors")
def test_rule_70_a_refusal_of_the_api_is_kept_and_those_of_nobody_are_not(bob: User, api: Api) -> None:
    assert api(None).get("/raise/django-403/").status_code == 403
    assert not kept(EventKind.DENIED)
    client = api(bob)
    for _ in range(2):
        assert client.get("/operators/").status_code == 403
    [event] = kept(EventKind.DENIED)
    assert (event.user_id, event.details) == (bob.pk, {"route": "operators/", "method": "GET"})


def test_a_form_from_elsewhere_is_no_denial(operator: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(operator)
    assert client.post("/admin/accounts/user/add/", {}).status_code == 403
    assert not kept(EventKind.DENIED)


@pytest.mark.django_db(transaction=True)
def test_rule_70_parallel_refusals_are_kept_once(helper: User) -> None:
    def ask(_: int) -> int:
        client = Client()
        client.force_login(helper)
        return client.get("/admin/accounts/user/").status_code

    assert set(together(8, ask)) == {403}
    assert len(kept(EventKind.DENIED)) == 1
