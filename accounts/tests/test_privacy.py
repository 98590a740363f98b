import json

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.db import connection

from accounts.models import CodePurpose, EmailChange, OneTimeCode, Profile, ResetLink, Session, User
from accounts.sessions import open_session
from accounts.verification import codes
from conftest import Api
from numerai.common import clock
from numerai.common.privacy import Holding, holdings


def of(app: str) -> Holding:
    return next(each for each in holdings() if each.app == app)


def holding() -> Holding:
    return of("accounts")


def filled(user: User) -> None:
    User.objects.filter(id=user.pk).update(
        phone="+14155552671", phone_verified_at=clock.now(), is_staff=True, full_name="Canary Name"
    )
    Profile.objects.filter(user=user).update(
        gender="female",
        timezone="Europe/Rome",
        location="Canary Town",
        bio="Canary bio",
        picture="pictures/8nQ2.webp",
        profile_completed_at=clock.now(),
    )
    user.groups.add(Group.objects.create(name="Support"))
    open_session(user=user)
    Session.objects.update(device="Canary browser", address="203.0.113.0")
    codes.issue(user_id=user.pk, email=str(user.email), purpose=CodePurpose.VERIFY_EMAIL)
    ResetLink.objects.create(user=user, token_hash=b"t" * 32, bound_to=b"b" * 32, expires_at=clock.now())
    EmailChange.objects.create(
        user=user, old_email="canary@old.example", new_email="alice@example.com", expires_at=clock.now()
    )


def test_an_export_holds_what_is_known_and_no_secret(alice: User, bob: User) -> None:
    filled(alice)
    open_session(user=bob)
    exported = holding().export(alice.pk)
    text = json.dumps(exported)
    for canary in ("alice@example.com", "Canary Name", "Canary Town", "Canary bio", "Canary browser", "+14155552671"):
        assert canary in text
    assert len(exported["sessions"]) == 1
    assert exported["profile"]["phone_verified_at"] is not None
    assert not [secret for secret in ("_hash", "argon2", "secret", "bob@example.com") if secret in text]


def test_an_erased_person_cannot_be_found_anywhere(api: Api, alice: User, bob: User, operator: User) -> None:
    filled(alice)
    LogEntry.objects.create(
        user=operator,
        content_type=ContentType.objects.get_for_model(User),
        object_id=str(alice.pk),
        object_repr="alice@example.com",
        action_flag=CHANGE,
        change_message='[{"changed": {"fields": ["alice@example.com"]}}]',
    )
    other = User.objects.values().get(id=bob.pk)
    token = open_session(user=alice).access_token
    touched = holding().erase(alice.pk)
    of("common").erase(alice.pk)
    assert {table: rows for table, rows in touched.items() if rows} == {
        "session": 2,
        "onetimecode": 1,
        "resetlink": 1,
        "emailchange": 1,
        "profile": 1,
        "user": 1,
        "user_groups": 1,
    }
    assert not [table for table in tables() for row in rows(table) if canaries(row)]
    assert User.objects.values().get(id=bob.pk) == other
    erased = User.objects.get(id=alice.pk)
    assert (erased.is_active, erased.is_staff, erased.has_usable_password(), erased.plan) == (
        False,
        False,
        False,
        "free",
    )
    assert erased.profile.date_of_birth is None
    assert not OneTimeCode.objects.exists()
    client = api(None)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    assert client.get("/api/v1/users/profile/").status_code == 401


def test_erasing_twice_is_erasing_once(alice: User) -> None:
    holding().erase(alice.pk)
    before = User.objects.values().get(id=alice.pk)
    assert holding().erase(alice.pk)["session"] == 0
    assert User.objects.values().get(id=alice.pk) | {"password": ""} == before | {"password": ""}


def canaries(row: str) -> bool:
    return any(canary in row for canary in ("alice@", "Canary", "canary", "4155552671", "1985-03-17", "203.0.113"))


def tables() -> list[str]:
    return [
        name for name in connection.introspection.table_names() if name.startswith(("accounts_", "django_admin_log"))
    ]


def rows(table: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT CAST("{table}".* AS text) FROM "{table}"')  # noqa: S608
        return [str(row[0]) for row in cursor.fetchall()]
