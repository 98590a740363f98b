"""Stripe learns where a person's receipts go once their address has changed, whatever dies or is away meanwhile."""

import os
import signal
import subprocess
import sys
from datetime import timedelta
from threading import Event
from typing import Any

import pytest
import stripe
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings
from structlog.testing import capture_logs

from accounts.addresses.mailing import hash_of
from accounts.models import CodePurpose, EmailChange, User
from accounts.passwords.links import issue
from accounts.signals import email_changed
from accounts.tests.test_admin import form_of
from accounts.verification import codes
from conftest import Api
from dev.local_stripe import LocalStripe
from dev.services import free_port
from numerai.common import clock
from payments import gateway, tasks
from payments.gateway.connection.breaker import breaker
from payments.models import StripeCustomer
from payments.privacy import erase
from payments.services import contacts, get_or_create_stripe_customer, sweep_contacts, tell_contact
from payments.services.contacts import LATE_AFTER, LONGEST_PAUSE, SHORTEST_PAUSE
from payments.sync.customers import link_customer
from payments.sync.locks import customer_lock
from payments.tests.delivering import asked, wait_until
from payments.tests.factories import stripe_customer
from payments.tests.processes import ROOT, environment_of
from payments.tests.racing import together
from payments.tests.test_inbox import announced, no_broker

OLD, NEW = "bob@example.com", "bob@new.example.com"


@pytest.fixture
def customer(local_stripe: LocalStripe, bob: User) -> StripeCustomer:
    return get_or_create_stripe_customer(bob)


def move(user: User, email: str) -> None:
    """What accounts does, without what it asks before."""
    with transaction.atomic():
        row = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        row.email, row.email_verified_at = email, clock.now()
        row.save(update_fields=["email", "email_verified_at"])
        email_changed.send(sender=User, user=row)


def at_stripe(server: LocalStripe) -> list[Any]:
    return [each["email"] for each in server.objects("customer")]


def is_marked() -> bool:
    row = StripeCustomer.objects.get()
    return row.contact_changed_at is not None and row.contact_due_at is not None


def told(server: LocalStripe, customer: StripeCustomer) -> list[str]:
    return asked(server, "POST", f"/v1/customers/{customer.stripe_id}")


def test_a_change_and_its_undoing_reach_stripe(
    local_stripe: LocalStripe, customer: StripeCustomer, api: Api, bob: User
) -> None:
    client = api(bob)
    change = EmailChange.objects.create(
        user=bob, old_email=OLD, new_email=NEW, expires_at=clock.now() + timedelta(hours=1)
    )
    code = codes.issue(user_id=bob.pk, email=NEW, purpose=CodePurpose.CHANGE_EMAIL)
    assert client.post(reverse("email-confirm"), {"otp": code}).status_code == 200
    assert (is_marked(), at_stripe(local_stripe)) == (True, [OLD])
    tasks.tell_contact(str(customer.pk))
    assert (is_marked(), at_stripe(local_stripe)) == (False, [NEW])

    EmailChange.objects.filter(pk=change.pk).update(revert_hash=hash_of("t" * 43))
    assert api(None).post(reverse("email-revert"), {"token": "t" * 43}).status_code == 200
    assert is_marked()
    tasks.tell_contact(str(customer.pk))
    assert (is_marked(), at_stripe(local_stripe)) == (False, [OLD])
    keys = told(local_stripe, customer)
    assert len(set(keys)) == 2
    assert all(keys)


def test_a_change_that_is_rolled_back_marks_nothing(customer: StripeCustomer, bob: User) -> None:
    with transaction.atomic():
        email_changed.send(sender=User, user=bob)
        assert is_marked()
        transaction.set_rollback(True)
    assert not is_marked()
    assert announced() == 0
    assert not tell_contact(customer.pk)


def test_who_has_never_bought_anything_is_not_told_of(local_stripe: LocalStripe, bob: User) -> None:
    move(bob, NEW)
    assert sweep_contacts() == 0
    assert local_stripe.requests == []


def test_the_mark_costs_two_statements(bob: User, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        email_changed.send(sender=User, user=bob)
    stripe_customer(bob)
    with django_assert_num_queries(2):
        email_changed.send(sender=User, user=bob)


def test_a_mark_has_a_change_and_a_time(bob: User) -> None:
    with pytest.raises(IntegrityError, match="payments_customer_change_is_due"):
        stripe_customer(bob, contact_changed_at=clock.now())


def test_customers_of_the_other_mode_and_deleted_ones_are_left_alone(bob: User) -> None:
    stripe_customer(bob, livemode=True)
    stripe_customer(bob, deleted_at=clock.now())
    email_changed.send(sender=User, user=bob)
    assert not StripeCustomer.objects.filter(contact_due_at__isnull=False).exists()


def test_without_a_broker_the_sweeper_finds_it(local_stripe: LocalStripe, customer: StripeCustomer, bob: User) -> None:
    with no_broker():
        move(bob, NEW)
    assert announced() == 0
    assert (is_marked(), at_stripe(local_stripe)) == (True, [OLD])
    tasks.sweep_contacts()
    assert announced() == 1
    tell_contact(customer.pk)
    assert at_stripe(local_stripe) == [NEW]
    assert sweep_contacts() == 0


def test_the_queue_is_told_once_it_is_committed(customer: StripeCustomer, bob: User) -> None:
    with transaction.atomic():
        email_changed.send(sender=User, user=bob)
        assert announced() == 0
    assert announced() == 1


@pytest.mark.parametrize("fault", [{"status": 503, "times": 3}, {"status": 500}, {"status": 401}])
def test_where_stripe_fails_it_is_tried_again_after_a_pause(
    local_stripe: LocalStripe, customer: StripeCustomer, bob: User, fault: dict[str, Any]
) -> None:
    move(bob, NEW)
    local_stripe.faults.api(method="POST", path_prefix="/v1/customers/", **fault)
    with capture_logs() as logs:
        assert not tell_contact(customer.pk)
    assert [entry["log_level"] for entry in logs if entry["event"] == "contact_not_told"] == ["warning"]
    assert NEW not in str(logs)
    assert (is_marked(), at_stripe(local_stripe)) == (True, [OLD])
    assert sweep_contacts() == 0, "Not before the pause is over."
    assert not tell_contact(customer.pk)
    with time_machine.travel(clock.now() + SHORTEST_PAUSE):
        assert sweep_contacts() == 1
        assert tell_contact(customer.pk)
    assert (is_marked(), at_stripe(local_stripe)) == (False, [NEW])


def test_nobody_listens_at_stripe(
    local_stripe: LocalStripe, customer: StripeCustomer, bob: User, settings: Settings
) -> None:
    move(bob, NEW)
    settings.STRIPE_API_BASE = f"http://127.0.0.1:{free_port()}"
    assert not tell_contact(customer.pk)
    assert is_marked()
    settings.STRIPE_API_BASE = local_stripe.url
    breaker.close()
    with time_machine.travel(clock.now() + SHORTEST_PAUSE):
        assert tell_contact(customer.pk)
    assert at_stripe(local_stripe) == [NEW]


def test_an_answer_that_is_lost_is_asked_for_with_the_same_key(
    local_stripe: LocalStripe, customer: StripeCustomer, bob: User
) -> None:
    move(bob, NEW)
    local_stripe.faults.api(method="POST", path_prefix="/v1/customers/", close_after_commit=True)
    assert tell_contact(customer.pk)
    assert len(set(told(local_stripe, customer))) == 1
    assert len(local_stripe.events("customer.updated")) == 1


def test_pauses_grow_with_the_age_of_the_change_and_late_ones_are_reported(
    local_stripe: LocalStripe, customer: StripeCustomer, bob: User
) -> None:
    move(bob, NEW)
    changed_at = StripeCustomer.objects.get().contact_changed_at
    assert changed_at is not None
    local_stripe.faults.api(method="POST", path_prefix="/v1/customers/", status=503, times=9)

    def pause_after(age: timedelta) -> timedelta:
        with time_machine.travel(changed_at + age, tick=False):
            StripeCustomer.objects.update(contact_due_at=changed_at)
            assert not tell_contact(customer.pk)
            due_at = StripeCustomer.objects.get().contact_due_at
            assert due_at is not None
            return due_at - clock.now()

    assert pause_after(timedelta(minutes=10)) == timedelta(minutes=10)
    with capture_logs() as logs:
        assert pause_after(LATE_AFTER + timedelta(seconds=1)) == LONGEST_PAUSE
    late = [entry for entry in logs if entry["event"] == "contact_not_told"]
    assert [(entry["log_level"], entry["customer"]) for entry in late] == [("error", customer.stripe_id)]


TELLS = """
import sys
import django
django.setup()
from uuid import UUID
from payments.tasks import tell_contact
tell_contact(sys.argv[1])
"""


@pytest.mark.serial
def test_a_worker_that_is_killed_after_stripe_has_acted(
    local_stripe: LocalStripe, customer: StripeCustomer, bob: User
) -> None:
    move(bob, NEW)
    local_stripe.faults.api(method="POST", path_prefix="/v1/customers/", delay_ms=2000)
    command = [sys.executable, "-c", TELLS, str(customer.pk)]
    worker = subprocess.Popen(command, cwd=ROOT, env=environment_of(local_stripe))
    wait_until(lambda: not local_stripe.faults.configure({})["api"], seconds=120)
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait(60)
    wait_until(lambda: at_stripe(local_stripe) == [NEW])
    assert is_marked()
    with time_machine.travel(clock.now() + SHORTEST_PAUSE):
        assert sweep_contacts() == 1
        assert tell_contact(customer.pk)
    assert (is_marked(), at_stripe(local_stripe)) == (False, [NEW])


def test_of_many_workers_one_tells(local_stripe: LocalStripe, customer: StripeCustomer, bob: User) -> None:
    move(bob, NEW)
    assert sorted(together(8, lambda _: tell_contact(customer.pk))) == [False] * 7 + [True]
    assert len(told(local_stripe, customer)) == 1


def test_whoever_is_at_work_on_the_customer_is_not_waited_for_long(
    customer: StripeCustomer, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contacts, "PATIENCE_SECONDS", 0.01)
    move(bob, NEW)
    is_held, has_given_up = Event(), Event()

    def act(number: int) -> bool:
        if number == 0:
            with customer_lock(customer.stripe_id):
                is_held.set()
                return has_given_up.wait(60)
        is_held.wait(60)
        was_told = tell_contact(customer.pk)
        has_given_up.set()
        return was_told

    assert together(2, act) == [True, False]
    assert is_marked()


def test_an_address_that_changes_meanwhile_is_told_next(
    local_stripe: LocalStripe, customer: StripeCustomer, bob: User
) -> None:
    move(bob, NEW)
    local_stripe.faults.api(method="POST", path_prefix="/v1/customers/", delay_ms=2000)

    def act(number: int) -> bool:
        if number == 0:
            return tell_contact(customer.pk)
        wait_until(lambda: not local_stripe.faults.configure({})["api"])
        move(bob, "bob@newest.example.com")
        return True

    assert together(2, act) == [False, True]
    assert is_marked(), "The second change is not taken for told with the first."
    assert tell_contact(customer.pk)
    assert at_stripe(local_stripe) == ["bob@newest.example.com"]


def test_what_was_told_or_erased_while_the_lock_was_waited_for_is_not_told(
    local_stripe: LocalStripe, customer: StripeCustomer, bob: User
) -> None:
    move(bob, NEW)

    is_held = Event()

    def act(number: int) -> bool:
        if number == 0:
            with customer_lock(customer.stripe_id):
                is_held.set()
                wait_until(lambda: StripeCustomer.objects.filter(contact_due_at__gt=clock.now()).exists())
                with transaction.atomic():
                    erase(bob.pk)
            return True
        is_held.wait(60)
        return tell_contact(customer.pk)

    assert together(2, act) == [True, False]
    assert told(local_stripe, customer) == []


def test_an_address_that_stripe_refuses_gets_no_receipts_and_neither_does_the_old_one(
    local_stripe: LocalStripe, customer: StripeCustomer, bob: User
) -> None:
    move(bob, "bob@localhost")
    assert tell_contact(customer.pk)
    assert (is_marked(), at_stripe(local_stripe)) == (False, [None])
    assert len(set(told(local_stripe, customer))) == 2


def test_what_else_stripe_refuses_is_ours_to_mend(
    local_stripe: LocalStripe, customer: StripeCustomer, bob: User
) -> None:
    move(bob, NEW)
    local_stripe.faults.api(method="POST", path_prefix="/v1/customers/", status=400)
    with capture_logs() as logs:
        assert not tell_contact(customer.pk)
    assert {"stripe_refuses_our_request", "contact_not_told"} <= {entry["event"] for entry in logs}
    assert is_marked()


def test_a_customer_that_is_gone_at_stripe_is_noted(
    local_stripe: LocalStripe, browser: stripe.StripeClient, customer: StripeCustomer, bob: User
) -> None:
    browser.v1.customers.delete(customer.stripe_id)
    move(bob, NEW)
    assert not tell_contact(customer.pk)
    customer.refresh_from_db()
    assert customer.deleted_at is not None
    assert not is_marked()
    assert sweep_contacts() == 0


def test_whoever_is_erased_is_not_told_of(local_stripe: LocalStripe, customer: StripeCustomer, bob: User) -> None:
    move(bob, NEW)
    with transaction.atomic():
        erase(bob.pk)
    assert not is_marked()
    assert sweep_contacts() == 0
    assert not tell_contact(customer.pk)
    assert told(local_stripe, customer) == []


def test_an_address_that_changes_while_the_customer_is_made_is_told_after_all(
    local_stripe: LocalStripe, bob: User
) -> None:
    local_stripe.faults.api(method="POST", path_prefix="/v1/customers", delay_ms=2000)

    def act(number: int) -> None:
        if number == 0:
            get_or_create_stripe_customer(User.objects.get(pk=bob.pk))
        else:
            wait_until(lambda: not local_stripe.faults.configure({})["api"])
            move(bob, NEW)

    together(2, act)
    assert (is_marked(), at_stripe(local_stripe)) == (True, [OLD])
    assert tell_contact(StripeCustomer.objects.get().pk)
    assert at_stripe(local_stripe) == [NEW]


def test_a_change_that_is_not_committed_yet_is_waited_for(local_stripe: LocalStripe, bob: User) -> None:
    """It has found no customer to mark, so whoever links one has to see it."""
    view = gateway.create_customer(key="k", email=OLD, name="Bob", user_id=str(bob.pk))
    has_changed = Event()

    def act(number: int) -> None:
        if number == 0:
            with transaction.atomic():
                move(bob, NEW)
                has_changed.set()
                wait_until(somebody_waits_for_a_row)
        else:
            has_changed.wait(60)
            link_customer(view)

    together(2, act)
    assert is_marked()
    assert tell_contact(StripeCustomer.objects.get().pk)
    assert at_stripe(local_stripe) == [NEW]


def somebody_waits_for_a_row() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype IN ('transactionid', 'tuple')")
        return bool(cursor.fetchone()[0])


def test_an_address_that_nobody_has_verified_gets_no_receipts_until_it_is(
    local_stripe: LocalStripe, customer: StripeCustomer, api: Api, bob: User, alice: User
) -> None:
    """As one that an operator has typed."""
    User.objects.filter(pk=alice.pk).update(is_staff=True, is_superuser=True)
    admin, page = Client(), reverse("admin:accounts_user_change", args=[bob.pk])
    admin.force_login(User.objects.get(pk=alice.pk))
    assert admin.post(page, form_of(bob, email=NEW)).status_code == 302
    assert User.objects.get(pk=bob.pk).email == NEW
    assert tell_contact(customer.pk)
    assert at_stripe(local_stripe) == [None]
    code = codes.issue(user_id=bob.pk, email=NEW, purpose=CodePurpose.VERIFY_EMAIL)
    assert api(None).post(reverse("verify-otp"), {"email": NEW, "otp": code}).status_code == 200
    assert tell_contact(customer.pk)
    assert at_stripe(local_stripe) == [NEW]


def test_a_reset_of_the_password_verifies_an_address_too(
    local_stripe: LocalStripe, customer: StripeCustomer, api: Api, bob: User
) -> None:
    User.objects.filter(pk=bob.pk).update(email=NEW, email_verified_at=None)
    body = {"token": issue(User.objects.get(pk=bob.pk)), "new_password": (new := "a sentence for the new one")}
    assert api(None).post(reverse("reset-link-confirm"), body | {"confirm_password": new}).status_code == 200
    assert tell_contact(customer.pk)
    assert at_stripe(local_stripe) == [NEW]


def test_a_customer_is_made_without_an_address_that_nobody_has_verified(local_stripe: LocalStripe, bob: User) -> None:
    User.objects.filter(pk=bob.pk).update(email_verified_at=None, phone="+14155552671", phone_verified_at=clock.now())
    get_or_create_stripe_customer(User.objects.get(pk=bob.pk))
    assert (is_marked(), at_stripe(local_stripe)) == (False, [None])
