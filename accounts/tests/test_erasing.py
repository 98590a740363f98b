"""The job that erases: step by step, whatever fails or dies in between."""

import json
import re
import sys
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.core.management import call_command
from django.db import transaction
from pytest_django import Settings

from accounts.leaving import deadlines, erasing, working
from accounts.leaving.services import start_over, undo_deletion
from accounts.models import Deletion, DeletionState, EventKind, SecurityEvent, Tombstone, User
from accounts.tasks import sweep_deletions, watch_deadlines, work_on_deletion
from accounts.tests.leaving import ask, deletion_of, erase, make_due
from accounts.tests.together import together
from conftest import Api
from notifications.models import Notification
from numerai.common import clock, privacy
from numerai.common.errors import Conflict, ServiceUnavailable

pytestmark = pytest.mark.django_db


class Vendor:
    """A holding whose vendor answers as a test wants it; what was asked of it, in order."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.faults: list[BaseException] = []

    def answer(self, step: str) -> None:
        self.asked.append(step)
        if self.faults:
            raise self.faults.pop()

    def holding(self) -> privacy.Holding:
        return privacy.Holding(
            app="a vendor",
            tables=(),
            erase=lambda _: {},
            leave=lambda _: self.answer("leave"),
            hold=lambda _: self.answer("hold"),
            release=lambda _: self.answer("release"),
        )


@pytest.fixture
def vendor() -> Any:
    answering = Vendor()
    privacy.register(answering.holding())
    yield answering
    privacy.registry._holdings.pop("a vendor")


def again(deletion: Deletion) -> DeletionState | None:
    """The next try, its pause over."""
    Deletion.objects.filter(pk=deletion.pk, next_attempt_at__isnull=False).update(next_attempt_at=clock.now())
    state = working.work(deletion.pk)
    deletion.refresh_from_db()
    return state


def test_rule_61_everything_happens_in_its_time(api: Api, alice: User, vendor: Vendor) -> None:
    deletion = ask(api, alice)
    assert working.work(deletion.pk) == DeletionState.ASKED
    deletion.refresh_from_db()
    assert (vendor.asked, deletion.next_attempt_at) == (["hold"], deletion.due_at)
    assert deletion.held_at is not None
    assert working.work(deletion.pk) is None
    deletion = erase(deletion)
    assert vendor.asked == ["hold", "leave"]
    assert deletion.erased_at is not None
    assert deletion.report["accounts"]["user"] == 1
    assert deletion.report["accounts"]["session"] >= 1
    assert (deletion.next_attempt_at, deletion.lease_until, deletion.undo_hash) == (None, None, None)
    assert Tombstone.objects.get().subject_id == alice.pk
    event = SecurityEvent.objects.filter(user_id=alice.pk).latest("id")
    rows = sum(count for tables in deletion.report.values() for count in tables.values())
    assert (event.kind, event.details) == (EventKind.ERASED, {"rows": rows})
    assert working.work(deletion.pk) is None
    alice.refresh_from_db()
    assert (alice.email, alice.full_name, alice.is_active) == (f"{alice.pk.hex}@erased.invalid", "Erased", False)
    assert not Notification.objects.filter(recipient=alice).exists()


def test_rule_62_an_undo_releases_what_was_held(api: Api, alice: User, vendor: Vendor) -> None:
    deletion = ask(api, alice)
    working.work(deletion.pk)
    undo_deletion(alice.pk)
    assert working.work(deletion.pk) == DeletionState.UNDONE
    deletion.refresh_from_db()
    assert (vendor.asked, deletion.next_attempt_at) == (["hold", "release"], None)
    assert working.work(deletion.pk) is None


def test_an_undo_while_renewals_are_being_stopped_is_released_afterwards(
    api: Api, alice: User, vendor: Vendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    deletion = ask(api, alice)
    answer = vendor.answer

    def undone_meanwhile(step: str) -> None:
        answer(step)
        if step == "hold":
            undo_deletion(alice.pk)
            assert working.work(deletion.pk) is None, "One at a time."

    monkeypatch.setattr(vendor, "answer", undone_meanwhile)
    assert working.work(deletion.pk) == DeletionState.UNDONE
    assert working.work(deletion.pk) == DeletionState.UNDONE
    assert vendor.asked == ["hold", "release"]


def test_an_undo_while_stopping_fails_is_released_at_once(
    api: Api, alice: User, vendor: Vendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    deletion = ask(api, alice)
    answer = vendor.answer

    def undone_meanwhile(step: str) -> None:
        if step == "hold":
            undo_deletion(alice.pk)
            vendor.faults = [ServiceUnavailable()]
        answer(step)

    monkeypatch.setattr(vendor, "answer", undone_meanwhile)
    assert working.work(deletion.pk) == DeletionState.UNDONE
    assert working.work(deletion.pk) == DeletionState.UNDONE
    assert vendor.asked == ["hold", "release"]


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (ServiceUnavailable(), "service_unavailable"),
        (Conflict(), "conflict"),
        (ZeroDivisionError("with a name in it"), "ZeroDivisionError"),
        (SoftTimeLimitExceeded(), "time_limit"),
    ],
)
def test_what_fails_is_tried_again_with_growing_pauses(
    api: Api, alice: User, vendor: Vendor, fault: BaseException, code: str
) -> None:
    deletion = ask(api, alice)
    make_due(deletion)
    pauses = []
    for _ in range(3):
        vendor.faults = [fault]
        before = clock.now()
        assert again(deletion) == DeletionState.ERASING
        assert deletion.next_attempt_at is not None
        pauses.append(round((deletion.next_attempt_at - before).total_seconds() / 60))
        assert (deletion.last_error, deletion.lease_until) == (code, None)
    assert pauses == [1, 2, 4]
    alice.refresh_from_db()
    assert alice.email == "alice@example.com", "Nothing is forgotten before all is certain."
    assert again(deletion) == DeletionState.DONE
    assert deletion.last_error == ""


def test_what_fails_for_a_week_waits_for_an_operator_who_is_told(
    api: Api, alice: User, bob: User, operator: User, vendor: Vendor, caplog: pytest.LogCaptureFixture
) -> None:
    User.objects.filter(pk=bob.pk).update(is_staff=True)
    deletion = ask(api, alice)
    make_due(deletion)
    vendor.faults = [ServiceUnavailable()]
    again(deletion)
    Deletion.objects.update(attempts=working.MAX_ATTEMPTS - 1)
    vendor.faults = [ServiceUnavailable()]
    assert again(deletion) == DeletionState.PARKED
    assert deletion.next_attempt_at is None
    assert "deletion_stuck" in caplog.text
    told = Notification.objects.get(kind="accounts.deletion_stuck")
    assert (told.recipient, told.data["error"]) == (operator, "service_unavailable")
    assert working.work(deletion.pk) is None
    assert start_over(deletion)
    assert not start_over(deletion)
    assert again(deletion) == DeletionState.DONE


def test_renewals_that_cannot_be_stopped_do_not_keep_anybody_from_leaving(
    api: Api, alice: User, vendor: Vendor
) -> None:
    deletion = ask(api, alice)
    Deletion.objects.update(attempts=working.MAX_ATTEMPTS + 5)
    vendor.faults = [ServiceUnavailable()]
    assert again(deletion) == DeletionState.ASKED
    assert deletion.next_attempt_at is not None
    make_due(deletion)
    vendor.faults = [ServiceUnavailable()]
    assert again(deletion) == DeletionState.ERASING
    assert deletion.attempts == 1
    assert again(deletion) == DeletionState.DONE


def test_a_release_that_never_works_is_given_up_and_reported(
    api: Api, alice: User, vendor: Vendor, caplog: pytest.LogCaptureFixture
) -> None:
    deletion = ask(api, alice)
    undo_deletion(alice.pk)
    Deletion.objects.update(attempts=working.MAX_ATTEMPTS - 1)
    vendor.faults = [ServiceUnavailable()]
    assert again(deletion) == DeletionState.UNDONE
    assert (deletion.next_attempt_at, deletion.last_error) == (None, "service_unavailable")
    assert "deletion_stuck" in caplog.text


@pytest.mark.parametrize("dies_in", ["accounts", "common", "notifications", "numerology", "payments"])
def test_rule_66_whoever_dies_in_the_middle_has_erased_nothing(
    api: Api, alice: User, dies_in: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    deletion = ask(api, alice)
    make_due(deletion)
    holding = next(each for each in privacy.holdings() if each.app == dies_in)

    def die(user_id: Any) -> dict[str, int]:
        holding.erase(user_id)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        dying = {each.app: each for each in privacy.holdings()} | {
            dies_in: privacy.Holding(app=dies_in, tables=(), erase=die)
        }
        patched.setattr(privacy.registry, "_holdings", dying)
        with pytest.raises(KeyboardInterrupt):
            working.work(deletion.pk)
    alice.refresh_from_db()
    deletion.refresh_from_db()
    assert (alice.email, deletion.state) == ("alice@example.com", DeletionState.ERASING)
    assert not Tombstone.objects.exists()
    assert working.work(deletion.pk) is None, "Its lease is not over."
    Deletion.objects.update(lease_until=clock.now())
    assert working.work(deletion.pk) == DeletionState.DONE


def test_a_worker_that_was_too_slow_erases_nothing(
    api: Api, alice: User, vendor: Vendor, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    deletion = ask(api, alice)
    make_due(deletion)
    answer = vendor.answer

    def overtaken(step: str) -> None:
        answer(step)
        Deletion.objects.update(lease_until=clock.now() + timedelta(hours=1))

    monkeypatch.setattr(vendor, "answer", overtaken)
    assert working.work(deletion.pk) is None
    assert "deletion_lease_lost" in caplog.text
    alice.refresh_from_db()
    assert alice.email == "alice@example.com"


def test_a_worker_that_was_too_slow_settles_nothing(
    api: Api, alice: User, vendor: Vendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    deletion = ask(api, alice)
    monkeypatch.setattr(
        vendor, "answer", lambda _: Deletion.objects.update(lease_until=clock.now() + timedelta(hours=1))
    )
    assert working.work(deletion.pk) is None
    deletion.refresh_from_db()
    assert deletion.held_at is None


@pytest.mark.django_db(transaction=True)
def test_of_many_workers_one_erases(api: Api, alice: User) -> None:
    deletion = ask(api, alice)
    make_due(deletion)
    states = together(6, lambda _: working.work(deletion.pk))
    assert sorted(map(str, states)) == ["None"] * 5 + ["done"]
    assert SecurityEvent.objects.filter(kind=EventKind.ERASED).count() == 1


def test_the_sweeper_finds_what_is_due(api: Api, alice: User, bob: User, charlie: User) -> None:
    deletions = [ask(api, user) for user in (alice, bob, charlie)]
    working.work(deletions[2].pk)
    Deletion.objects.filter(pk=deletions[1].pk).update(lease_until=clock.now() + timedelta(minutes=1))
    assert working.sweep() == 1
    sweep_deletions()
    work_on_deletion(str(deletions[0].pk))
    assert deletion_of(alice).held_at is not None


def test_rule_66_who_was_erased_is_erased_again_after_a_restore(
    api: Api, alice: User, bob: User, tmp_path: Path
) -> None:
    """The rows of a backup come back: that of the person as it was, and the deletion as it was then."""
    person = User.objects.values().get(pk=alice.pk)
    asked = ask(api, alice)
    deletion = Deletion.objects.values().get()
    erase(asked)
    listed = StringIO()
    call_command("replay_erasures", "--list", stdout=listed)
    assert listed.getvalue().startswith(f"{alice.pk} 20")

    Tombstone.objects.all().delete()
    User.objects.filter(pk=alice.pk).update(**person)
    Deletion.objects.filter(pk=asked.pk).update(**deletion)
    kept = tmp_path / "erased.txt"
    kept.write_text(listed.getvalue() + "\nnot a line of it\n")

    told = StringIO()
    call_command("replay_erasures", str(kept), stdout=told)
    assert told.getvalue() == "1 people are known to be erased; 1 were back and are erased again.\n"
    alice.refresh_from_db()
    assert (alice.full_name, alice.is_active) == ("Erased", False)
    assert (Tombstone.objects.get().subject_id, deletion_of(alice).state) == (alice.pk, DeletionState.DONE)
    assert User.objects.get(pk=bob.pk).full_name == "Bob Stone"

    once_more = StringIO()
    call_command("replay_erasures", stdout=once_more)
    assert once_more.getvalue() == "1 people are known to be erased; 0 were back and are erased again.\n"


def test_rule_66_the_log_will_do_for_a_list(
    alice: User,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    django_capture_on_commit_callbacks: Any,
) -> None:
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        erasing.erase_everything(alice.pk)
    line = json.dumps({"subject": str(alice.pk), "event": "person_erased"})
    Tombstone.objects.all().delete()
    User.objects.filter(pk=alice.pk).update(email="alice@example.com")
    monkeypatch.setattr(sys, "stdin", StringIO(f"{line}\n"))
    call_command("replay_erasures", "-")
    assert re.search("1 were back", capsys.readouterr().out)


def test_rule_69_whoever_waits_for_25_days_is_reported(
    api: Api, alice: User, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    deletion = ask(api, alice)
    working.work(deletion.pk)
    assert deadlines.watch() == 0
    make_due(deletion)
    assert deadlines.watch() == 1
    assert "data_request_late" in caplog.text
    settings.DELETION_GRACE_DAYS = 7
    long_ago = clock.now() - timedelta(days=24)
    Deletion.objects.update(asked_at=long_ago, due_at=long_ago + timedelta(days=7))
    assert deadlines.watch() == 0
    Deletion.objects.update(asked_at=long_ago - timedelta(days=1))
    watch_deadlines()
    assert deadlines.watch() == 1
    erase(deletion)
    assert deadlines.watch() == 0


def test_rule_69_who_could_still_be_charged_after_a_day_is_reported(api: Api, alice: User) -> None:
    ask(api, alice)
    Deletion.objects.update(asked_at=clock.now() - timedelta(days=2))
    assert deadlines.watch() == 1
