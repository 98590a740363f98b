from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import NoReverseMatch, reverse

from accounts.models import CodePurpose, OneTimeCode, Plan, Profile, Session, SessionEnd, User
from accounts.sessions import open_session
from accounts.signals import birth_data_changed
from accounts.verification import codes
from conftest import PASSWORD
from notifications.destinations.services import register
from notifications.models import Destination
from notifications.vocabulary import ChannelName

NEW_PASSWORD = "a sentence for the new one"


@pytest.fixture
def desk(operator: User) -> Client:
    client = Client()
    client.force_login(operator)
    return client


@pytest.fixture
def clerk(db: None) -> User:
    """An operator who may see and change people, and nothing more."""
    user = User.objects.create_user(email="clerk@example.com", full_name="Carl Clerk", password=PASSWORD, is_staff=True)
    user.user_permissions.add(
        *Permission.objects.filter(codename__in=["view_user", "change_user", "view_session", "view_profile"])
    )
    return user


@pytest.fixture
def clerks_desk(clerk: User) -> Client:
    client = Client()
    client.force_login(clerk)
    return client


def page(model: str, view: str = "changelist", *args: object) -> str:
    return reverse(f"admin:accounts_{model}_{view}", args=args)


def form_of(user: User, **changes: object) -> dict[str, Any]:
    form = {
        "email": user.email,
        "phone": user.phone or "",
        "full_name": user.full_name,
        "is_active": "on",
        "sessions-TOTAL_FORMS": 0,
        "sessions-INITIAL_FORMS": 0,
        "identities-TOTAL_FORMS": 0,
        "identities-INITIAL_FORMS": 0,
    }
    return {name: value for name, value in (form | changes).items() if value is not None}


def test_operators_sign_in_however_they_write_their_address(operator: User) -> None:
    client = Client()
    form = {"username": " Operator@Example.com", "password": PASSWORD, "next": page("user")}
    response = client.post(reverse("admin:login"), form)
    assert (response.status_code, response["Location"]) == (302, page("user"))


def test_every_page_opens(desk: Client, alice: User, dora: User) -> None:
    open_session(user=alice)
    codes.issue(user_id=dora.pk, email=str(dora.email), purpose=CodePurpose.VERIFY_EMAIL)
    rows = {
        "user": alice,
        "profile": alice.profile,
        "session": Session.objects.get(),
        "onetimecode": OneTimeCode.objects.get(),
    }
    for model, row in rows.items():
        assert desk.get(page(model)).status_code == 200
        assert desk.get(page(model), {"q": "alice"}).status_code == 200
        assert desk.get(page(model, "change", row.pk)).status_code == 200
    for answer in ("yes", "no"):
        assert desk.get(page("user"), {"verified": answer, "plan": "premium"}).status_code == 200
    assert desk.get(page("user", "add")).status_code == 200
    assert desk.get(reverse("admin:auth_group_changelist")).status_code == 200


@pytest.mark.parametrize("wanted", ["alice@example", "Marie", "+14155552671"])
def test_people_are_found_by_address_name_and_number(desk: Client, alice: User, bob: User, wanted: str) -> None:
    User.objects.filter(id=alice.pk).update(phone="+14155552671")
    found = desk.get(page("user"), {"q": wanted}).content.decode()
    assert "alice@example.com" in found
    assert "bob@example.com" not in found


def test_the_filter_tells_the_verified_from_the_others(desk: Client, alice: User, dora: User) -> None:
    for answer, seen, unseen in (("yes", alice, dora), ("no", dora, alice)):
        text = desk.get(page("user"), {"verified": answer}).content.decode()
        assert str(seen.email) in text
        assert str(unseen.email) not in text


def test_no_page_shows_a_hash(desk: Client, alice: User) -> None:
    token = open_session(user=alice).refresh_token
    codes.issue(user_id=alice.pk, email="x", purpose=CodePurpose.VERIFY_EMAIL)
    session, code = Session.objects.get(), OneTimeCode.objects.get()
    secrets = [bytes(session.secret_hash), bytes(code.code_hash)]
    for model, row in (("user", alice), ("session", session), ("onetimecode", code)):
        text = desk.get(page(model, "change", row.pk)).content.decode()
        assert token.split(".")[1] not in text
        assert not [secret for secret in secrets if secret.hex() in text or str(secret) in text]
        assert "_hash" not in text


def test_adding_a_person(desk: Client) -> None:
    form = {"email": "New@Example.com", "full_name": "New Person", "password": NEW_PASSWORD, "password1": NEW_PASSWORD}
    response = desk.post(page("user", "add"), form)
    user = User.objects.get(email="new@example.com")
    assert (response.status_code, response["Location"]) == (302, page("user", "change", user.pk))
    assert not user.has_usable_password()
    assert (user.is_staff, user.is_verified, user.plan) == (False, False, "free")
    assert user.profile.timezone == "UTC"


@pytest.mark.parametrize("change", [{"email": "alice@example.com"}, {"email": ""}, {"email": "x"}, {"full_name": ""}])
def test_a_wrong_new_person_is_refused(desk: Client, alice: User, change: dict[str, str]) -> None:
    form = {"email": "new@example.com", "full_name": "New Person"}
    before = User.objects.count()
    assert desk.post(page("user", "add"), form | change).status_code == 200
    assert User.objects.count() == before


def test_changing_a_person(desk: Client, alice: User) -> None:
    heard: list[frozenset[str]] = []

    def listen(changed: frozenset[str], **_: object) -> None:
        heard.append(changed)

    birth_data_changed.connect(listen)
    try:
        response = desk.post(page("user", "change", alice.pk), form_of(alice, full_name="Alice Marie Smith"))
    finally:
        birth_data_changed.disconnect(listen)
    assert response.status_code == 302
    alice.refresh_from_db()
    assert (alice.full_name, alice.is_verified, alice.plan) == ("Alice Marie Smith", True, "premium")
    assert heard == [{"full_name"}]


def test_the_plan_is_written_by_payments_only(desk: Client, bob: User) -> None:
    form = form_of(bob, plan="elite", plan_until_0="2099-01-01", plan_until_1="00:00:00")
    assert desk.post(page("user", "change", bob.pk), form).status_code == 302
    bob.refresh_from_db()
    assert (bob.plan, bob.plan_until) == (Plan.FREE, None)


@pytest.mark.parametrize(
    ("change", "column"),
    [({"email": "other@example.com"}, "email_verified_at"), ({"phone": "+14155552672"}, "phone_verified_at")],
)
def test_a_new_address_is_unverified_and_signs_out(
    desk: Client, alice: User, change: dict[str, str], column: str
) -> None:
    User.objects.filter(id=alice.pk).update(phone="+14155552671", phone_verified_at=alice.email_verified_at)
    alice.refresh_from_db()
    open_session(user=alice)
    register(user=alice, channel=ChannelName.MOBILE_PUSH, address={"token": "x"})
    assert desk.post(page("user", "change", alice.pk), form_of(alice, **change)).status_code == 302
    alice.refresh_from_db()
    assert getattr(alice, column) is None
    assert not Destination.objects.exists()
    assert Session.objects.get().revoke_reason == SessionEnd.OPERATOR


def test_closing_an_account_signs_out(desk: Client, alice: User) -> None:
    open_session(user=alice)
    assert desk.post(page("user", "change", alice.pk), form_of(alice, is_active=None)).status_code == 302
    alice.refresh_from_db()
    assert not alice.is_active
    assert Session.objects.get().revoke_reason == SessionEnd.OPERATOR


def test_an_unreachable_person_is_refused(desk: Client, alice: User) -> None:
    assert desk.post(page("user", "change", alice.pk), form_of(alice, email="", phone="")).status_code == 200
    alice.refresh_from_db()
    assert alice.email == "alice@example.com"


def test_nobody_chooses_the_password_of_another(desk: Client, alice: User) -> None:
    before = alice.password
    with pytest.raises(NoReverseMatch):
        reverse("admin:auth_user_password_change", args=[alice.pk])
    there = page("user", "change", alice.pk).replace("change/", "password/")
    desk.post(there, {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD, "usable_password": "true"})
    form = form_of(alice, password=NEW_PASSWORD, password1=NEW_PASSWORD, password2=NEW_PASSWORD)
    assert desk.post(page("user", "change", alice.pk), form).status_code == 302
    alice.refresh_from_db()
    assert alice.password == before


def test_signing_people_out(desk: Client, alice: User, bob: User) -> None:
    open_session(user=alice)
    kept = open_session(user=bob)
    form = {"action": "sign_out", "_selected_action": [str(alice.pk)]}
    assert "1 sessions of 1 people" in desk.post(page("user"), form, follow=True).content.decode()
    assert Session.objects.get(user=alice).revoke_reason == SessionEnd.OPERATOR
    assert Session.objects.get(user=bob).revoked_at is None
    assert kept.access_token


def test_nobody_is_deleted_or_forged_at_the_desk(desk: Client, alice: User) -> None:
    open_session(user=alice)
    session = Session.objects.get()
    for model, row in (("user", alice), ("profile", alice.profile), ("session", session)):
        assert desk.post(page(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    for model in ("profile", "session", "onetimecode"):
        assert desk.post(page(model, "add"), {}).status_code == 403
    assert desk.post(page("session", "change", session.pk), {"device": "x"}).status_code == 403
    session.refresh_from_db()
    assert session.device == ""


def test_a_profile_is_mended(desk: Client, bob: User) -> None:
    heard: list[tuple[Any, frozenset[str]]] = []

    def listen(user: User, changed: frozenset[str], **_: object) -> None:
        heard.append((user.pk, changed))

    form = {"date_of_birth": "1991-01-02", "gender": "male", "location": "Rome", "bio": "", "timezone": "Mars/Olympus"}
    birth_data_changed.connect(listen)
    try:
        assert desk.post(page("profile", "change", bob.profile.pk), form).status_code == 302
    finally:
        birth_data_changed.disconnect(listen)
    profile = Profile.objects.get(user=bob)
    assert (profile.date_of_birth, profile.location, profile.timezone) == (date(1991, 1, 2), "Rome", "UTC")
    assert profile.profile_completed_at is not None
    assert heard == [(bob.pk, frozenset({"date_of_birth"}))]


@pytest.mark.parametrize("day", ["2999-01-01", "0999-12-31", "x"])
def test_an_impossible_birth_date_is_refused(desk: Client, bob: User, day: str) -> None:
    form = {"date_of_birth": day, "gender": "", "location": "", "bio": ""}
    assert desk.post(page("profile", "change", bob.profile.pk), form).status_code == 200
    assert Profile.objects.get(user=bob).date_of_birth == date(1990, 8, 15)


def test_a_clerk_gains_no_powers(clerks_desk: Client, clerk: User, bob: User) -> None:
    powers = {"is_staff": "on", "is_superuser": "on"}
    assert clerks_desk.post(page("user", "change", bob.pk), form_of(bob, **powers)).status_code == 302
    bob.refresh_from_db()
    assert (bob.is_staff, bob.is_superuser) == (False, False)


def test_a_clerk_does_not_touch_operators(clerks_desk: Client, clerk: User, operator: User, bob: User) -> None:
    for someone in (operator, clerk):
        form = form_of(someone, email="taken@example.com")
        assert clerks_desk.post(page("user", "change", someone.pk), form).status_code == 403
        for action in ("unlock", "end_sessions", "send_reset_link"):
            assert clerks_desk.post(page("user", action, someone.pk)).status_code == 403
    open_session(user=operator)
    open_session(user=bob)
    form = {"action": "sign_out", "_selected_action": [str(operator.pk), str(bob.pk)]}
    clerks_desk.post(page("user"), form)
    assert Session.objects.get(user=operator).revoked_at is None
    assert Session.objects.get(user=bob).revoked_at is not None
    operator.refresh_from_db()
    assert operator.check_password(PASSWORD)


@pytest.mark.parametrize("codename", ["add_group", "change_group", "delete_group"])
def test_a_clerk_gains_no_powers_by_a_group(clerk: User, codename: str) -> None:
    """What a group may do, its members may: whoever edits one could give themselves anything."""
    group = Group.objects.create(name="Clerks")
    clerk.groups.add(group)
    clerk.user_permissions.add(*Permission.objects.filter(codename__in=["view_group", codename]))
    powers = list(Permission.objects.values_list("pk", flat=True))
    client = Client()
    client.force_login(clerk)
    assert client.get(reverse("admin:auth_group_changelist")).status_code == 200
    form = {"name": "Clerks", "permissions": powers}
    assert client.post(reverse("admin:auth_group_change", args=[group.pk]), form).status_code == 403
    assert client.post(reverse("admin:auth_group_add"), form | {"name": "Others"}).status_code == 403
    assert client.post(reverse("admin:auth_group_delete", args=[group.pk]), {"post": "yes"}).status_code == 403
    assert [(each.name, each.permissions.count()) for each in Group.objects.all()] == [("Clerks", 0)]


def test_people_do_not_get_in(alice: User) -> None:
    client = Client()
    client.force_login(alice)
    assert client.get(page("user")).status_code == 302
