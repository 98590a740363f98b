"""What changed, who caused it: found without being asked, and kept against everybody."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from celery import shared_task
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import AnonymousUser
from django.db import Error, IntegrityError, connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.transaction import TransactionManagementError
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings

from accounts.models import User
from numerai.common import audit, clock
from numerai.common.audit import Actor, ActorKind, CauseKind
from numerai.common.http.middleware import RequestContextMiddleware
from numerai.common.models import AuditEntry

LONG = timedelta(days=7 * 365 + 3)


def note(**changes: Any) -> AuditEntry:
    about = {"action": audit.UPDATED, "before": {"plan": "free"}, "after": {"plan": "premium"}} | changes
    audit.record(User, uuid4(), **about)
    return AuditEntry.objects.latest("pk")


def why(entry: AuditEntry) -> tuple[str, str, str, str]:
    return entry.cause_kind, entry.cause_id, entry.actor_kind, entry.actor_id


@pytest.mark.django_db
def test_an_entry_says_what_changed() -> None:
    row_id, moment = uuid4(), clock.now().replace(microsecond=0)
    audit.record(User, row_id, action=audit.CREATED, before={}, after={"id": row_id, "at": moment})
    entry = AuditEntry.objects.get()
    assert str(entry) == f"accounts.user {row_id} created"
    assert (entry.app, entry.object_type, entry.object_id) == ("accounts", "accounts.user", str(row_id))
    assert entry.after == {"id": str(row_id), "at": moment.isoformat().replace("+00:00", "Z")}
    assert abs(clock.now() - entry.at) < timedelta(minutes=1)


@pytest.mark.django_db(transaction=True)
def test_a_change_without_its_transaction_is_not_recorded() -> None:
    with pytest.raises(TransactionManagementError):
        note()
    assert not AuditEntry.objects.exists()


@pytest.mark.django_db
def test_nothing_is_kept_of_a_change_that_was_undone() -> None:
    with transaction.atomic():
        note()
        transaction.set_rollback(True)
    assert not AuditEntry.objects.exists()


def through_middleware(request: HttpRequest, act: Callable[[HttpRequest], Any]) -> None:
    def view(inner: HttpRequest) -> HttpResponse:
        act(inner)
        return HttpResponse()

    RequestContextMiddleware(view)(request)


@pytest.mark.django_db
def test_a_request_is_the_cause_and_its_sender_the_actor(bob: User, operator: User, settings: Settings) -> None:
    settings.TRUSTED_PROXY_COUNT = 1
    forwarded = {"HTTP_X_REQUEST_ID": "request-0001", "HTTP_X_FORWARDED_FOR": "198.51.100.7"}
    request = RequestFactory().post("/", **forwarded)  # type: ignore[arg-type]

    def act(inner: HttpRequest) -> None:
        assert why(note()) == ("request", "request-0001", "person", "")
        for nobody in (None, AnonymousUser()):
            inner._cached_user = nobody  # type: ignore[attr-defined]
            assert why(note()) == ("request", "request-0001", "person", "")
        for user, kind in ((bob, "person"), (operator, "operator")):
            inner._cached_user = user  # type: ignore[attr-defined]
            assert why(note()) == ("request", "request-0001", kind, str(user.pk))
        inner.user_id = "of-a-token"  # type: ignore[attr-defined]
        entry = note()
        assert why(entry) == ("request", "request-0001", "person", "of-a-token")
        assert (entry.request_id, entry.client_address) == ("request-0001", "198.51.100.7")

    through_middleware(request, act)
    assert audit.current_cause().kind == CauseKind.COMMAND


@pytest.mark.django_db
def test_the_nearest_cause_counts_and_keeps_the_request(bob: User) -> None:
    request = RequestFactory().post("/", headers={"X-Request-ID": "request-0002"})

    def act(inner: HttpRequest) -> None:
        inner.user_id = str(bob.pk)  # type: ignore[attr-defined]
        operation = uuid4()
        with audit.cause("operation", operation):
            entry = note()
            assert why(entry) == ("operation", str(operation), "person", str(bob.pk))
            assert (entry.request_id, entry.client_address) == ("request-0002", "127.0.0.1")
            with audit.cause("event", "evt_1"):
                assert why(note()) == ("event", "evt_1", "stripe", "")
        assert note().cause_id == "request-0002"

    through_middleware(request, act)


@pytest.mark.django_db
def test_outside_of_a_request_it_is_the_system_unless_somebody_is_named(operator: User) -> None:
    with audit.cause("operation", "op"):
        assert why(note()) == ("operation", "op", "system", "")
    with audit.cause("event", "evt_1"):
        entry = note()
        assert why(entry) == ("event", "evt_1", "stripe", "")
        assert (entry.request_id, entry.client_address) == ("", "")
    with audit.cause("reconcile", "run", actor=Actor(ActorKind.OPERATOR, str(operator.pk))):
        assert why(note()) == ("reconcile", "run", "operator", str(operator.pk))
        with audit.cause("operation", "op"):
            assert why(note()) == ("operation", "op", "operator", str(operator.pk))
    assert why(note())[::2] == ("command", "system")


@shared_task(name="numerai.tests.noting")
def noting() -> None:
    note()


@pytest.mark.django_db
def test_without_a_cause_the_task_or_the_program_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    noting.apply()
    assert why(AuditEntry.objects.get()) == ("command", "numerai.tests.noting", "system", "")
    monkeypatch.setattr("sys.argv", ["/srv/manage.py", "payments_retention", "--dry-run"])
    assert note().cause_id == "manage.py payments_retention"


def refused(act: Callable[[], object], error: type[Error] = IntegrityError) -> bool:
    try:
        with transaction.atomic():
            act()
    except error:
        return True
    return False


@pytest.mark.django_db
def test_the_database_keeps_entries_for_seven_years() -> None:
    entry = note()
    old = AuditEntry.objects.get(pk=note().pk)
    assert refused(lambda: AuditEntry.objects.update(after={}))
    assert refused(lambda: AuditEntry.objects.filter(pk=entry.pk).update(at=clock.now() - LONG))
    assert refused(entry.delete)

    old.pk, old.at = None, clock.now() - LONG
    old.save()
    assert refused(lambda: AuditEntry.objects.filter(pk=old.pk).update(at=clock.now()))
    assert refused(AuditEntry.objects.all().delete)
    AuditEntry.objects.filter(pk=old.pk).delete()
    assert entry in AuditEntry.objects.all()
    assert old not in AuditEntry.objects.all()


@pytest.mark.django_db
def test_only_the_suite_empties_the_table() -> None:
    query = "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgname = 'common_auditentry_truncate'"
    with connection.cursor() as cursor:
        cursor.execute(query)
        [(definition,)] = cursor.fetchall()
        assert "BEFORE TRUNCATE" in definition
        assert "NOT starts_with((current_database())::text, 'test_'::text)" in definition
        # The same trigger where the suite may not: the name of the database is the only difference.
        cursor.execute(definition.replace("test_", "other_").replace("common_auditentry_truncate", "elsewhere"))
        assert refused(lambda: cursor.execute("TRUNCATE common_auditentry"))


@pytest.mark.django_db
def test_the_protection_can_be_taken_back_and_put_on_again() -> None:
    migration = MigrationLoader(connection).get_migration("common", "0002_evidence_stays")
    triggers: Any = migration.operations[1]
    entry = note()
    with connection.cursor() as cursor:
        cursor.execute(triggers.reverse_sql)
        AuditEntry.objects.filter(pk=entry.pk).update(action="edited")
        cursor.execute(triggers.sql)
    assert refused(entry.delete)
    assert refused(lambda: AuditEntry.objects.update(action="updated"))


@pytest.fixture
def desk(client: Client, operator: User) -> Client:
    client.force_login(operator)
    return client


CHANGELIST = "/admin/common/auditentry/"


@pytest.mark.django_db
def test_operators_see_what_changed_and_edit_nothing(desk: Client, bob: User) -> None:
    with audit.cause("event", "evt_7"):
        audit.record(User, bob.pk, action="updated", before={"plan": "free"}, after={"plan": "<b>", "until": None})
    entry = AuditEntry.objects.get()
    url = reverse("admin:common_auditentry_change", args=[entry.pk])
    page = desk.get(url).content.decode()
    assert reverse("admin:accounts_user_change", args=[bob.pk]) in page
    assert "<td>plan</td><td>free</td><td>&lt;b&gt;</td>" in page
    assert "<td>until</td><td>null</td><td>null</td>" in page
    assert desk.post(url, {"action": "forged"}).status_code == 403
    assert desk.post(url.replace("change", "delete"), {"post": "yes"}).status_code == 403
    assert desk.get("/admin/common/auditentry/add/").status_code == 403
    assert AuditEntry.objects.get().action == "updated"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "evt_7"}, True),
        ({"q": "evt_8"}, False),
        ({"object_type": "accounts.user"}, True),
        ({"object_type": "payments.payment"}, False),
        ({"actor_kind__exact": "stripe"}, True),
        ({"cause_kind__exact": "request"}, False),
        ({"at__gte": "2020-01-01 00:00:00+00:00"}, True),
    ],
)
def test_operators_find_entries(desk: Client, bob: User, query: dict[str, str], found: bool) -> None:
    with audit.cause("event", "evt_7"):
        audit.record(User, bob.pk, action="updated", before={"plan": "free"}, after={"plan": "basic"})
    page = desk.get(CHANGELIST, query).content.decode()
    assert (str(bob.pk) in page) == found
    assert "object_type=payments.payment" in page


@pytest.mark.django_db
def test_the_list_costs_the_same_however_long_it_is(desk: Client) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(CHANGELIST).status_code == 200
        return len(queries)

    note()
    desk.get(CHANGELIST)
    before = cost()
    for _ in range(20):
        note()
    assert cost() == before


@pytest.mark.django_db
def test_what_has_no_page_is_named_without_a_link() -> None:
    shown = admin.site._registry[AuditEntry]
    unknown = AuditEntry(object_type="gone.thing", object_id="7")
    assert shown.object_row(unknown) == "7"  # type: ignore[attr-defined]
    without_page = apps.get_model("contenttypes", "ContentType")._meta.label_lower
    assert shown.object_row(AuditEntry(object_type=without_page, object_id="8")) == "8"  # type: ignore[attr-defined]
