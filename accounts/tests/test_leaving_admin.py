"""What operators do for people who ask by letter, and what they may not do."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from accounts.exporting import services, working
from accounts.leaving import working as deleting
from accounts.models import Deletion, DeletionState, EventKind, ExportJob, SecurityEvent, Tombstone, User
from accounts.tests.leaving import erase
from numerai.common import clock


@pytest.fixture
def desk(operator: User) -> Client:
    client = Client()
    client.force_login(operator)
    return client


def page(user: User, action: str) -> str:
    return reverse(f"admin:accounts_user_{action}", args=[user.pk])


def test_rule_61_an_operator_starts_and_undoes_a_deletion_after_being_asked(
    desk: Client, alice: User, operator: User
) -> None:
    asked = desk.get(page(alice, "start_deletion"))
    assert "Close the account of alice@example.com" in asked.content.decode()
    assert not Deletion.objects.exists()
    answer = desk.post(page(alice, "start_deletion"), follow=True)
    deletion = Deletion.objects.get()
    told = answer.content.decode()
    assert f"{deletion.due_at:%Y-%m-%d %H:%M} UTC" in told
    event = SecurityEvent.objects.filter(kind=EventKind.DELETION_ASKED).get()
    assert (event.actor_kind, event.actor_id, event.user_id) == ("operator", str(operator.pk), alice.pk)
    desk.post(page(alice, "start_deletion"))
    assert Deletion.objects.count() == 1
    desk.post(page(alice, "undo_deletion"))
    alice.refresh_from_db()
    assert alice.is_active
    refused = desk.post(page(alice, "undo_deletion"), follow=True)
    assert "There is no deletion of this account" in refused.content.decode()


def test_an_operator_does_not_open_by_hand_what_will_be_erased(desk: Client, alice: User) -> None:
    change = reverse("admin:accounts_user_change", args=[alice.pk])
    assert 'name="is_active"' in desk.get(change).content.decode()
    desk.post(page(alice, "start_deletion"))
    assert 'name="is_active"' not in desk.get(change).content.decode()


def test_an_operator_has_an_export_made(desk: Client, alice: User) -> None:
    assert "alice@example.com" in desk.get(page(alice, "start_export")).content.decode()
    desk.post(page(alice, "start_export"))
    job = ExportJob.objects.get()
    assert (job.user, job.is_file) == (alice, True)
    assert working.work(job.pk) == "ready"


@pytest.mark.parametrize("action", ["start_deletion", "undo_deletion", "start_export"])
def test_only_who_may_does_it(alice: User, charlie: User, action: str) -> None:
    User.objects.filter(pk=charlie.pk).update(is_staff=True)
    charlie.user_permissions.set(Permission.objects.filter(codename__in=["view_user", "change_user"]))
    client = Client()
    client.force_login(User.objects.get(pk=charlie.pk))
    assert client.post(page(alice, action)).status_code == 403
    assert not Deletion.objects.exists()
    assert not ExportJob.objects.exists()


@pytest.mark.parametrize("action", ["start_deletion", "start_export"])
def test_who_may_does_it_to_no_other_operator(operator: User, charlie: User, action: str) -> None:
    User.objects.filter(pk=charlie.pk).update(is_staff=True)
    names = ["view_user", "change_user", "start_deletion", "start_export"]
    charlie.user_permissions.set(Permission.objects.filter(codename__in=names))
    client = Client()
    client.force_login(User.objects.get(pk=charlie.pk))
    assert client.post(page(operator, action)).status_code == 403
    operator.refresh_from_db()
    assert operator.is_active


def test_nobody_is_nobody(desk: Client, alice: User) -> None:
    missing = page(alice, "start_deletion").replace(str(alice.pk), "00000000-0000-4000-8000-000000000000")
    assert desk.post(missing).status_code == 404


def test_the_lists_show_and_start_over(desk: Client, alice: User, bob: User) -> None:
    desk.post(page(alice, "start_deletion"))
    deletion = Deletion.objects.get()
    job = services.export_for(bob)
    working.work(job.pk)
    Deletion.objects.update(state=DeletionState.PARKED, next_attempt_at=None, last_error="conflict")
    for name, row in (("deletion", deletion.pk), ("exportjob", job.pk), ("exportpart", job.parts.get().pk)):
        assert desk.get(reverse(f"admin:accounts_{name}_changelist")).status_code == 200
        assert desk.get(reverse(f"admin:accounts_{name}_change", args=[row])).status_code == 200
        assert desk.post(reverse(f"admin:accounts_{name}_delete", args=[row])).status_code == 403
    listed = reverse("admin:accounts_deletion_changelist")
    desk.post(listed, {"action": "start_over", "_selected_action": [str(deletion.pk)]})
    deletion.refresh_from_db()
    assert (deletion.state, deletion.attempts) == (DeletionState.ERASING, 0)
    assert str(deletion) == f"Deletion asked for on {clock.now():%Y-%m-%d}"
    assert deleting.work(deletion.pk) == DeletionState.DONE


def test_who_was_erased_is_listed_without_a_name(desk: Client, alice: User) -> None:
    desk.post(page(alice, "start_deletion"))
    erase(Deletion.objects.get())
    told = desk.get(reverse("admin:accounts_tombstone_changelist")).content.decode()
    assert str(alice.pk) in told
    assert str(Tombstone.objects.get()) == f"Erased on {clock.now():%Y-%m-%d}"
    assert "alice@example.com" not in told
