"""A sign-in that was under way when the password changed or the account was closed opens no session."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from accounts.desk.forms import OwnPasswordForm
from accounts.login.door import InvalidCredentials
from accounts.models import Session, SessionEnd, User
from accounts.sessions import end_all_sessions, open_session
from accounts.tests.waiting import wait_until
from conftest import PASSWORD, Api

NEW_PASSWORD = "a sentence for the new one"


def change_password(user: User) -> None:
    form = OwnPasswordForm(
        user, {"old_password": PASSWORD, "new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}
    )
    assert form.is_valid()
    form.save()


def close_account(user: User) -> None:
    User.objects.filter(id=user.pk).update(is_active=False)
    end_all_sessions(user=user, reason=SessionEnd.OPERATOR)


CHANGES = [change_password, close_account]


@pytest.mark.parametrize("change", CHANGES)
def test_who_was_checked_before_the_change_stays_out(bob: User, change: Callable[[User], None]) -> None:
    checked = User.objects.get(id=bob.pk)
    assert checked.check_password(PASSWORD)
    change(User.objects.get(id=bob.pk))
    with pytest.raises(InvalidCredentials):
        open_session(user=checked)
    assert not Session.objects.exists()


def test_an_erased_person_stays_out(bob: User) -> None:
    checked = User.objects.get(id=bob.pk)
    User.objects.filter(id=bob.pk).delete()
    with pytest.raises(InvalidCredentials):
        open_session(user=checked)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("change", CHANGES)
def test_a_sign_in_waits_for_a_change_under_way(api: Api, bob: User, change: Callable[[User], None]) -> None:
    started = threading.Event()

    def sign_in() -> int:
        try:
            started.set()
            answer = api(None).post("/api/v1/auth/login/", {"email": bob.email, "password": PASSWORD})
            return int(answer.status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            change(User.objects.get(id=bob.pk))
            answer = pool.submit(sign_in)
            assert started.wait(60)
            wait_until(lambda: someone_waits_for_a_lock() or answer.done())
        assert answer.result(60) == 400
    assert not Session.objects.filter(revoked_at__isnull=True).exists()


def someone_waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        row = cursor.fetchone()
    return bool(row and row[0])
