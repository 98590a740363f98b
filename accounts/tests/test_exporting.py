"""A person takes their data along: at once, or as a file."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.exporting import document, services, working
from accounts.exporting.page import markdown
from accounts.leaving import deadlines
from accounts.models import EventKind, ExportJob, ExportPart, ExportState, SecurityEvent, Session, User
from accounts.sessions import open_session
from accounts.tasks import make_export, sweep_exports, watch_deadlines
from accounts.tests.conftest import Post
from accounts.tests.together import together
from conftest import PASSWORD, Api
from notifications.services import notify
from numerai.common import audit, clock
from numerai.common.privacy import holdings
from numerology.models import DailyReading

PATH = "/api/v1/users/export-data/"
EXPORTS = "/api/v1/users/exports/"
A_DAY = timedelta(hours=24)
# Who it is, how fresh the sign-in is, whether it is time, and what is kept of it; savepoints included.
COST = 15


def readings(user: User, days: int) -> None:
    DailyReading.objects.bulk_create(
        DailyReading(
            user=user,
            reading_date=date(2020, 1, 1) + timedelta(days=day),
            birth_date=date(1985, 3, 17),
            personal_day_number=1,
            lucky_number=1,
            lucky_color="blue",
            auspicious_time="noon",
            content_version=1,
            generated_at=timezone.now(),
        )
        for day in range(days)
    )


@pytest.fixture
def large(alice: User, settings: Settings) -> User:
    settings.EXPORT_DIRECT_ROWS = 10
    readings(alice, 30)
    return alice


def text_of(answer: Any) -> str:
    return b"".join(answer.streaming_content).decode()


def counted(told: dict[str, Any]) -> dict[str, int]:
    """The rows of each section as they stand in the document."""
    counts = {}
    for app, sections in told["data"].items():
        for name, rows in sections.items():
            counts[f"{app}.{name}"] = len(rows) if isinstance(rows, list) else int(rows is not None)
    return counts


def test_rule_67_the_document_is_the_answer(api: Api, alice: User, bob: User) -> None:
    notify(user=alice, kind="accounts.already_registered")
    open_session(user=bob)
    answer = api(alice).post(PATH, {})
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
    day = ExportJob.objects.get().asked_at.date().isoformat()
    assert answer["Content-Disposition"] == f'attachment; filename="numerai-data-{day}.json"'
    assert answer["Cache-Control"] == "no-store"
    told = json.loads(answer.content)
    assert set(told) == {"meta", "data", "manifest"}
    manifest = told["manifest"]
    assert (manifest["schema_version"], manifest["subject"]) == (1, str(alice.pk))
    assert manifest["made_at"]
    assert told["data"]["accounts"]["profile"]["user"]["email"] == "alice@example.com"
    assert "bob@example.com" not in answer.content.decode()
    for said in ("held", "recipients", "sources", "rights"):
        assert told["meta"][said]
    event = SecurityEvent.objects.filter(user_id=alice.pk).latest("id")
    assert (event.kind, event.details["rows"]) == (EventKind.EXPORTED, manifest["rows"])


def test_rule_67_an_operator_is_not_told_of_the_people_they_worked_for(alice: User, operator: User) -> None:
    with transaction.atomic():
        for actor, whose, plan in (
            (audit.Actor(audit.ActorKind.OPERATOR, str(operator.pk)), alice, "elite"),
            (audit.Actor(audit.ActorKind.OPERATOR, str(operator.pk)), operator, "basic"),
            (audit.Actor(audit.ActorKind.PERSON, str(operator.pk)), operator, "premium"),
        ):
            with audit.cause("operation", "x", actor=actor):
                audit.record(User, whose.pk, action=audit.UPDATED, before={}, after={"plan": plan})

    def told(user: User) -> list[str]:
        rows = json.loads("".join(document.Document(user.pk).pieces()))["data"]["common"]["audit"]
        return [row["after"]["plan"] for row in rows]

    assert told(operator) == ["basic", "premium"]
    assert told(alice) == ["elite"]


def test_rule_68_the_manifest_counts_what_the_database_holds(api: Api, alice: User) -> None:
    readings(alice, 3)
    client = api(alice)
    held = {
        f"{holding.app}.{table.section}": table.rows_of(alice.pk).count()
        for holding in holdings()
        for table in holding.tables
        if table.is_section
    }
    told = json.loads(client.post(PATH, {}).content)
    assert told["manifest"]["counts"] == counted(told) == held | {"accounts.exports": 1}
    assert told["manifest"]["rows"] == sum(held.values()) + 1
    assert set(told["meta"]["held"]) == set(held)


def test_the_cost_does_not_grow_with_the_rows(api: Api, alice: User, bob: User) -> None:
    readings(bob, 200)
    for _ in range(20):
        notify(user=bob, kind="accounts.already_registered")
        open_session(user=bob)
    costs = []
    for user in (alice, bob):
        client = api(user)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.post(PATH, {}).status_code == 200
        costs.append(len(queries))
    sections = sum(table.is_section for holding in holdings() for table in holding.tables)
    # One for each section, and one more for the deliveries of notifications, if there are any.
    assert costs == [sections + COST, sections + COST + 1]


def test_rule_68_a_proof_is_asked_of_whoever_signed_in_long_ago(api: Api, alice: User) -> None:
    client = api(alice)
    Session.objects.update(proved_at=clock.now() - timedelta(minutes=16))
    refused = client.post(PATH, {})
    assert (refused.status_code, refused.json()["code"]) == (403, "fresh_login_required")
    assert client.post(PATH, {"password": "not it at all"}).status_code == 400
    assert not ExportJob.objects.exists()
    assert client.post(PATH, {"password": PASSWORD}).status_code == 200


def test_nobody_exports_who_is_not_signed_in(api: Api, alice: User) -> None:
    assert api(None).post(PATH, {}).status_code == 401
    assert not ExportJob.objects.exists()


def test_rule_68_once_a_day(api: Api, alice: User) -> None:
    client = api(alice)
    assert client.post(PATH, {}).status_code == 200
    refused = client.post(PATH, {})
    assert (refused.status_code, refused.json()["code"]) == (429, "export_limited")
    assert 86000 < int(refused["Retry-After"]) <= 86400
    assert ExportJob.objects.count() == 1
    ExportJob.objects.update(asked_at=clock.now() - A_DAY)
    assert client.post(PATH, {}).status_code == 200


def test_one_that_failed_does_not_count(api: Api, alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: Any) -> None:
        raise ZeroDivisionError

    client = api(alice)
    client.raise_request_exception = False
    with monkeypatch.context() as patched:
        patched.setattr(document, "rows_held", fail)
        patched.setattr(services, "_whole", fail)
        assert client.post(PATH, {}).status_code == 500
    failed = ExportJob.objects.get()
    assert (failed.state, failed.last_error) == (ExportState.FAILED, "ZeroDivisionError")
    assert client.post(PATH, {}).status_code == 200


def test_one_whose_process_died_does_not_count(api: Api, alice: User) -> None:
    now = clock.now()
    ExportJob.objects.create(user=alice, state=ExportState.RUNNING, lease_until=now + timedelta(seconds=30))
    client = api(alice)
    assert client.post(PATH, {}).status_code == 429
    ExportJob.objects.update(lease_until=now)
    assert client.post(PATH, {}).status_code == 200
    assert sorted(ExportJob.objects.values_list("state", flat=True)) == [ExportState.FAILED, ExportState.READY]


@pytest.mark.django_db(transaction=True)
def test_rule_68_of_many_at_once_one_is_answered(api: Api, alice: User) -> None:
    clients = [api(alice) for _ in range(6)]
    answers = together(6, lambda number: clients[number].post(PATH, {}).status_code)
    assert sorted(answers) == [200] + [429] * 5


def test_a_large_account_gets_a_job_and_then_its_file(api: Api, large: User, bob: User, post: Post) -> None:
    client = api(large)
    answer = client.post(PATH, {})
    assert answer.status_code == 202
    told = answer.json()
    assert (told["status"], told["progress"], told["download_url"]) == ("pending", 0, None)
    assert client.post(PATH, {}).json()["id"] == told["id"], "The same while it waits."
    assert client.get(f"{EXPORTS}{told['id']}/download/").status_code == 404
    make_export(told["id"])
    ready = client.get(told["url"]).json()
    assert (ready["status"], ready["progress"]) == ("ready", 100)
    assert client.post(PATH, {}).json() == ready, "And when it is ready."
    file = client.get(ready["download_url"])
    text = text_of(file)
    assert (file.status_code, int(file["Content-Length"])) == (200, len(text.encode()))
    assert file["Content-Disposition"].startswith('attachment; filename="numerai-data-20')
    whole = json.loads(text)
    assert whole["manifest"]["counts"] == counted(whole)
    assert whole["manifest"]["counts"]["numerology.daily_readings"] == 30
    assert [mail.subject for mail in post()] == ["Your data is ready"]
    job = ExportJob.objects.get()
    assert (job.counts, job.rows_done) == (whole["manifest"]["counts"], whole["manifest"]["rows"])
    assert SecurityEvent.objects.filter(user_id=large.pk, kind=EventKind.EXPORTED).count() == 1


@pytest.mark.parametrize("path", ["{}/", "{}/download/"])
def test_rule_68_a_file_is_its_owners_alone(api: Api, large: User, bob: User, path: str) -> None:
    job = services.export(large).job
    working.work(job.pk)
    stranger, nobody = api(bob), api(None)
    foreign = stranger.get(EXPORTS + path.format(job.pk))
    missing = stranger.get(EXPORTS + path.format("00000000-0000-4000-8000-000000000000"))
    assert foreign.status_code == missing.status_code == 404
    assert foreign.json() | {"request_id": ""} == missing.json() | {"request_id": ""}
    assert nobody.get(EXPORTS + path.format(job.pk)).status_code == 401


def test_rule_68_a_file_is_not_given_to_a_session_that_proved_nothing_lately(api: Api, large: User) -> None:
    job = services.export(large).job
    working.work(job.pk)
    client = api(large)
    Session.objects.update(proved_at=clock.now() - timedelta(minutes=16))
    assert client.get(f"{EXPORTS}{job.pk}/download/").json()["code"] == "fresh_login_required"


def test_rule_68_a_dump_of_the_file_shows_nothing(large: User) -> None:
    job = services.export(large).job
    working.work(job.pk)
    parts = [bytes(part.sealed) for part in ExportPart.objects.all()]
    assert parts
    assert not [part for part in parts if b"alice" in part or b"manifest" in part]


def test_rule_68_a_file_goes_after_a_week(api: Api, large: User) -> None:
    job = services.export(large).job
    working.work(job.pk)
    job.refresh_from_db()
    assert job.expires_at is not None
    assert timedelta(days=6, hours=23) < job.expires_at - clock.now() <= timedelta(days=7)
    assert working.purge() == 0
    ExportJob.objects.update(expires_at=clock.now())
    client = api(large)
    assert client.get(f"{EXPORTS}{job.pk}/download/").status_code == 404
    watch_deadlines()
    assert not ExportPart.objects.exists()
    assert client.get(f"{EXPORTS}{job.pk}/").json()["status"] == "expired"
    told = SecurityEvent.objects.filter(user_id=large.pk, kind=EventKind.EXPORTED).latest("id")
    assert told.details == {"export": str(job.pk), "file": "deleted"}
    assert working.purge() == 0


def test_it_is_made_in_pieces_and_says_how_far_it_is(large: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(working, "PART_SIZE", 2000)
    job = services.export(large).job
    seen = []
    get_on = working._get_on

    def watched(row: ExportJob, **columns: object) -> None:
        get_on(row, **columns)
        seen.append(ExportJob.objects.get(pk=row.pk).progress)

    monkeypatch.setattr(working, "_get_on", watched)
    assert working.work(job.pk) == ExportState.READY
    assert ExportPart.objects.count() > 5
    assert seen == sorted(seen)
    assert (seen[0], seen[-1]) != (seen[-1], seen[0])
    job.refresh_from_db()
    assert json.loads("".join(services.file_of(job)))["manifest"]["rows"] == job.rows_total


def test_a_worker_that_died_is_followed_by_another(large: User, monkeypatch: pytest.MonkeyPatch) -> None:
    job = services.export(large).job

    def die(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(working, "_get_on", die)
        with pytest.raises(KeyboardInterrupt):
            working.work(job.pk)
    assert working.work(job.pk) is None, "Its lease is not over."
    assert working.sweep() == 0
    ExportJob.objects.update(lease_until=clock.now())
    assert working.sweep() == 1
    sweep_exports()
    assert working.work(job.pk) == ExportState.READY
    assert sorted(ExportPart.objects.values_list("number", flat=True)) == list(range(ExportPart.objects.count()))


def test_a_worker_that_was_too_slow_writes_nothing_more(
    large: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    job = services.export(large).job
    held = document.rows_held

    def overtaken(user_id: Any) -> int:
        ExportJob.objects.update(attempts=7)
        return held(user_id)

    monkeypatch.setattr(working, "rows_held", overtaken)
    assert working.work(job.pk) is None
    assert "export_lease_lost" in caplog.text


def test_what_fails_is_tried_again_and_given_up_in_the_end(
    large: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    job = services.export(large).job

    def fail(_: Any) -> int:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr(working, "rows_held", fail)
        assert working.work(job.pk) == ExportState.PENDING
        assert working.work(job.pk) is None, "After a pause."
        ExportJob.objects.update(attempts=working.MAX_ATTEMPTS - 1, next_attempt_at=clock.now())
        assert working.work(job.pk) == ExportState.FAILED
    assert "export_failed " in caplog.text or "'export_failed'" in caplog.text
    assert not ExportPart.objects.exists()
    assert services.export(large).job.pk != job.pk


def test_an_operator_has_a_file_made_for_somebody(alice: User) -> None:
    job = services.export_for(alice)
    assert services.export_for(alice) == job
    assert working.work(job.pk) == ExportState.READY
    assert services.export_for(alice) != job


def test_rule_69_an_export_that_waits_for_25_days_is_reported(alice: User, caplog: pytest.LogCaptureFixture) -> None:
    services.export_for(alice)
    assert deadlines.watch() == 0
    ExportJob.objects.update(asked_at=clock.now() - timedelta(days=25))
    assert deadlines.watch() == 1
    assert "data_request_late" in caplog.text


def test_the_page_about_privacy_says_what_the_code_declares(settings: Settings) -> None:
    written = (settings.BASE_DIR / "docs" / "privacy.md").read_text()
    assert written == markdown(), "make docs"


def test_make_docs_writes_it(settings: Settings, tmp_path: Path) -> None:
    settings.BASE_DIR = tmp_path
    (tmp_path / "docs").mkdir()
    call_command("write_privacy_page")
    assert (tmp_path / "docs" / "privacy.md").read_text() == markdown()


def test_a_job_that_was_answered_at_once_has_no_file(api: Api, alice: User) -> None:
    client: APIClient = api(alice)
    client.post(PATH, {})
    job = ExportJob.objects.get()
    assert client.get(f"{EXPORTS}{job.pk}/").json()["status"] == "ready"
    assert client.get(f"{EXPORTS}{job.pk}/download/").status_code == 404
    assert str(job) == f"Export asked for on {job.asked_at:%Y-%m-%d}"
    assert ExportJob(rows_total=8, rows_done=2).progress == 25
