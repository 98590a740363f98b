"""Rule 71: whatever happens to evidence behind the application's back is found, and said precisely."""

import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from io import StringIO
from threading import Event, Thread
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, models, transaction
from django.db.migrations.loader import MigrationLoader
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from accounts.events import EventKind
from accounts.events import record as record_event
from accounts.models import SecurityEvent, User
from numerai.common import audit, clock
from numerai.common.audit import evidence, sealing, tasks
from numerai.common.audit.sealing import BATCH, NOTHING, seal_new_rows, settled_id
from numerai.common.audit.verifying import Damage, Walk, Wrong, verify
from numerai.common.models import AuditEntry, Seal

EVIDENCE: tuple[type[models.Model], ...] = (AuditEntry, SecurityEvent)
DATA = {"price": 1.50, "none": None, "yes": True, "list": ["1.5", 1.5, {"deep": [0]}], "text": "é\u2028"}
LONG = timedelta(days=7 * 365 + 3)


def entry(**after: Any) -> AuditEntry:
    with transaction.atomic():
        audit.record(User, uuid4(), action=audit.UPDATED, before={}, after=after or DATA)
    return AuditEntry.objects.latest("pk")


def event() -> SecurityEvent:
    return record_event(EventKind.SIGN_IN, user_id=uuid4(), session_id=uuid4(), details=DATA)


def write(rows: int = 3) -> None:
    for _ in range(rows):
        entry()
        event()


def seal() -> int:
    return seal_new_rows(seconds=30)


@contextmanager
def owner_of_the_database() -> Iterator[None]:
    """Somebody for whom no trigger fires."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield
        cursor.execute("SET LOCAL session_replication_role = origin")


def tamper(statement: str, *parameters: Any) -> None:
    with owner_of_the_database(), connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        assert cursor.rowcount == 1


def found() -> Wrong:
    with pytest.raises(Damage) as raised:
        verify()
    return raised.value.wrong


@pytest.mark.django_db
def test_nothing_is_as_it_should_be() -> None:
    assert seal() == 0
    assert verify() == Walk(head=NOTHING)


@pytest.mark.django_db
def test_everything_is_sealed_once_in_batches() -> None:
    write(3)
    before = AuditEntry.objects.count()
    assert seal() == 2
    assert seal() == 0
    for _ in range(BATCH + 1):
        entry(small=1)
    assert seal() == 2
    walk = verify()
    assert (walk.seals, walk.rows, walk.removed, walk.waiting) == (4, before + BATCH + 1 + 3, 0, 0)
    assert walk.head == Seal.objects.get(number=4).digest
    assert list(Seal.objects.order_by("number").values_list("table", "rows")) == [
        ("common.auditentry", 3),
        ("accounts.securityevent", 3),
        ("common.auditentry", BATCH),
        ("common.auditentry", 1),
    ]
    entry()
    assert verify().waiting == 1
    assert str(Seal.objects.get(number=1)) == "Seal 1 of common.auditentry"


OTHER = {
    "CharField": "overlay(? placing '~' from 1 for 1)",
    "UUIDField": "gen_random_uuid()",
    "DateTimeField": "? + interval '1 microsecond'",
    "JSONField": "? || '{\"price\": 1.51}'",
}
# The database knows which words these may hold.
KNOWN = {"actor_kind": "'stripe'", "cause_kind": "'event'", "kind": "'sign_up'"}


def columns() -> list[tuple[type[models.Model], str]]:
    return [(model, field.name) for model in EVIDENCE for field in model._meta.concrete_fields if field.name != "id"]


@pytest.mark.django_db
@pytest.mark.parametrize(("model", "column"), columns())
def test_rule_71_a_change_of_any_column_is_found(model: type[models.Model], column: str) -> None:
    write()
    seal()
    row = model._default_manager.order_by("pk")[1]
    value = KNOWN.get(column) or OTHER[model._meta.get_field(column).get_internal_type()]
    tamper(f"UPDATE {model._meta.db_table} SET {column} = {value.replace('?', column)} WHERE id = %s", row.pk)  # noqa: S608
    with pytest.raises(Damage) as raised:
        verify()
    assert raised.value.wrong == Wrong.ROW_CHANGED
    assert f"{model._meta.label_lower} {row.pk}, seal" in str(raised.value)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "after",
    [
        '{"price": 1.5}',
        '{"price": "1.50"}',
        '{"price": 1.50, "more": null}',
        '{"price": 1.500000000000000000000000000000000000000001}',
        "{}",
        "[1.50]",
    ],
)
def test_rule_71_json_is_compared_to_the_last_digit(after: str) -> None:
    last = entry()
    tamper("UPDATE common_auditentry SET after = '{\"price\": 1.50}' WHERE id = %s", last.pk)
    seal()
    verify()
    tamper("UPDATE common_auditentry SET after = %s WHERE id = %s", after, last.pk)
    assert found() == Wrong.ROW_CHANGED


@pytest.mark.django_db
def test_rule_71_nothing_is_not_an_empty_text() -> None:
    row = record_event(EventKind.SIGN_IN_LIMITED, user_id=None)
    seal()
    verify()
    tamper("UPDATE accounts_securityevent SET user_id = %s WHERE id = %s", uuid4(), row.pk)
    assert found() == Wrong.ROW_CHANGED


@pytest.mark.django_db
def test_values_that_python_could_not_hold_are_compared_all_the_same() -> None:
    last = entry()
    seal()
    for at in ("infinity", "294276-12-31"):
        tamper("UPDATE common_auditentry SET at = %s WHERE id = %s", at, last.pk)
        assert found() == Wrong.ROW_CHANGED
    deep = "[" * 5000 + "]" * 5000
    tamper("UPDATE common_auditentry SET after = %s WHERE id = %s", deep, last.pk)
    assert found() == Wrong.ROW_CHANGED


@pytest.mark.django_db
@pytest.mark.parametrize("model", EVIDENCE)
@pytest.mark.parametrize("place", [0, 1, 2])
def test_rule_71_a_row_that_is_gone_is_found(model: type[models.Model], place: int) -> None:
    write()
    seal()
    row = model._default_manager.order_by("pk")[place]
    with owner_of_the_database():
        model._default_manager.filter(pk=row.pk)._raw_delete("default")
    with pytest.raises(Damage, match=f"row missing: {model._meta.label_lower} {row.pk}, seal"):
        verify()


@pytest.mark.django_db
def test_rule_71_a_row_with_another_id_is_found() -> None:
    write()
    seal()
    first = AuditEntry.objects.order_by("pk")[0]
    tamper("UPDATE common_auditentry SET id = id + 100000 WHERE id = %s", first.pk)
    assert found() == Wrong.ROW_MISSING


@pytest.mark.django_db
@pytest.mark.parametrize("where", ["before everything", "in a gap"])
def test_rule_71_a_row_slipped_in_is_found(where: str) -> None:
    first = entry()
    with transaction.atomic():
        entry()
        transaction.set_rollback(True)
    last = entry()
    assert last.pk == first.pk + 2
    seal()
    assert verify().rows == 2
    forged = AuditEntry.objects.get(pk=first.pk)
    forged.pk = first.pk + 1 if where == "in a gap" else -5
    forged.save(force_insert=True)
    with pytest.raises(Damage, match=f"row slipped in: common.auditentry {forged.pk}, seal 1 of 20"):
        verify()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        "at = at + interval '1 microsecond'",
        "\"table\" = 'accounts.user'",
        "first_id = first_id + 1",
        "last_id = last_id + 1",
        "rows = rows + 1",
        "newest_at = newest_at - interval '8 years'",
        "columns = 'id'",
        "leaves = leaves || '\\x00'",
        "leaves = set_byte(leaves, 8, get_byte(leaves, 8) # 1)",
        "rows_digest = repeat('a', 64)",
        "previous = repeat('b', 64)",
        "digest = repeat('c', 64)",
    ],
)
def test_rule_71_a_seal_that_was_changed_is_found(change: str) -> None:
    for _ in range(3):
        write()
        seal()
    tamper(f'UPDATE common_seal SET {change} WHERE "number" = 3')  # noqa: S608
    with pytest.raises(Damage) as raised:
        verify()
    assert raised.value.wrong == Wrong.SEAL_CHANGED
    assert "seal 3" in str(raised.value)


@pytest.mark.django_db
@pytest.mark.parametrize("number", [1, 3])
def test_rule_71_a_seal_that_is_gone_is_found(number: int) -> None:
    for _ in range(2):
        write()
        seal()
    tamper('DELETE FROM common_seal WHERE "number" = %s', number)
    with pytest.raises(Damage, match=f"seal missing: seal {number}"):
        verify()


@pytest.mark.django_db
def test_rule_71_a_seal_with_its_number_changed_is_found() -> None:
    write()
    seal()
    tamper('UPDATE common_seal SET "number" = 7 WHERE "number" = 2')
    assert found() == Wrong.SEAL_MISSING


def forge(**changes: Any) -> None:
    """A further link by somebody who knows how they are made."""
    last = Seal.objects.latest("number")
    forged = Seal(
        number=last.number + 1,
        at=clock.now(),
        table=last.table,
        first_id=last.last_id + 1,
        last_id=last.last_id + 9,
        rows=1,
        newest_at=last.newest_at,
        columns=last.columns,
        leaves=bytes(sealing.LEAF.size),
        previous=last.digest,
    )
    forged.rows_digest = hashlib.sha256(forged.leaves).hexdigest()
    for name, value in changes.items():
        setattr(forged, name, value)
    forged.digest = sealing.seal_digest(forged)
    forged.save(force_insert=True)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({}, Wrong.ROW_MISSING),
        ({"first_id": 2**40, "last_id": 2**41}, Wrong.SEAL_CHANGED),
        ({"table": "accounts.user", "first_id": sealing.SMALLEST_ID}, Wrong.SEAL_CHANGED),
        ({"columns": "id,secret"}, Wrong.ROW_CHANGED),
    ],
)
def test_rule_71_a_seal_of_nothing_is_found(changes: dict[str, Any], wrong: Wrong) -> None:
    write()
    seal()
    forge(**changes)
    assert found() == wrong


@pytest.mark.django_db
def test_rule_71_a_tail_that_was_cut_is_found_by_a_head_that_was_written_down() -> None:
    write()
    with capture_logs() as logs:
        seal()
    [head] = [line for line in logs if line["event"] == "audit_head"]
    assert (head["number"], head["log_level"]) == (2, "info")
    write()
    seal()
    latest = verify(head=head["digest"]).head
    with owner_of_the_database():
        cut = Seal.objects.filter(number__gt=2)
        AuditEntry.objects.filter(pk__gte=cut.get(table="common.auditentry").first_id)._raw_delete("default")
        SecurityEvent.objects.filter(pk__gte=cut.get(table="accounts.securityevent").first_id)._raw_delete("default")
        cut._raw_delete("default")
    verify(head=head["digest"])
    with pytest.raises(Damage, match=f"chain cut or written anew: no seal has the digest {latest}"):
        verify(head=latest)


@pytest.mark.django_db
def test_rule_71_a_history_written_anew_is_found_by_a_head_that_was_written_down() -> None:
    write()
    seal()
    head = verify().head
    with owner_of_the_database():
        AuditEntry.objects.update(action="forged")
        Seal.objects.all()._raw_delete("default")
    seal()
    assert verify().rows == 6
    with pytest.raises(Damage, match="chain cut"):
        verify(head=head)


@pytest.mark.django_db
def test_rule_71_what_is_not_sealed_for_long_is_found() -> None:
    row = entry()
    assert verify().waiting == 1
    tamper("UPDATE common_auditentry SET at = at - interval '61 minutes' WHERE id = %s", row.pk)
    with pytest.raises(Damage, match=f"not sealed: common.auditentry {row.pk} "):
        verify()


@pytest.mark.django_db
def test_an_id_that_no_sequence_gave_holds_nobody_up_and_is_found() -> None:
    forged = entry()
    forged.pk = 2**40
    forged.at = clock.now() - timedelta(days=1)
    forged.save(force_insert=True)
    seal()
    entry()
    assert seal() == 1
    with pytest.raises(Damage, match=f"not sealed: common.auditentry {2**40} "):
        verify()


@pytest.mark.django_db
def test_what_retention_removed_is_told_apart_from_what_is_missing() -> None:
    old = entry()
    tamper("UPDATE common_auditentry SET at = at - %s WHERE id = %s", LONG, old.pk)
    seal()
    young = entry()
    tamper("UPDATE common_auditentry SET at = at - %s WHERE id = %s", LONG - timedelta(days=30), young.pk)
    event()
    seal()
    before = clock.now() - timedelta(days=7 * 366 - 20)
    assert list(audit.past_its_time(AuditEntry, clock.now() - timedelta(days=1)).order_by("pk")) == [old, young]
    assert list(audit.past_its_time(AuditEntry, clock.now() - LONG + timedelta(days=1))) == [old]
    assert not audit.past_its_time(SecurityEvent, before).exists()
    audit.past_its_time(AuditEntry, clock.now() - LONG + timedelta(days=1)).delete()
    walk = verify()
    assert (walk.rows, walk.removed) == (2, 1)
    with owner_of_the_database():
        AuditEntry.objects.filter(pk=young.pk)._raw_delete("default")
    assert found() == Wrong.ROW_MISSING


@pytest.mark.django_db
def test_an_old_row_stays_while_a_young_one_shares_its_seal() -> None:
    old = entry()
    tamper("UPDATE common_auditentry SET at = at - %s WHERE id = %s", LONG, old.pk)
    entry()
    assert not audit.past_its_time(AuditEntry, clock.now()).exists()
    seal()
    assert not audit.past_its_time(AuditEntry, clock.now() - timedelta(days=1)).exists()


@pytest.mark.django_db
def test_a_column_that_is_added_later_leaves_old_seals_good(monkeypatch: pytest.MonkeyPatch) -> None:
    every = evidence.columns_of(AuditEntry)
    monkeypatch.setattr(sealing, "kept", lambda: (AuditEntry,))
    monkeypatch.setattr(sealing, "columns_of", lambda model: [name for name in every if name != "client_address"])
    last = entry()
    assert seal() == 1
    tamper("UPDATE common_auditentry SET client_address = 'new' WHERE id = %s", last.pk)
    assert verify().rows == 1


acts = st.lists(
    st.tuples(
        st.sampled_from(["change", "delete", "insert", "seal", "unseal"]), st.integers(0, 11), st.sampled_from(EVIDENCE)
    ),
    min_size=1,
    max_size=4,
)


def all_that_stands() -> list[list[tuple[Any, ...]]]:
    kept: list[type[models.Model]] = [*EVIDENCE, Seal]
    return [list(model._default_manager.order_by("pk").values_list()) for model in kept]


def do(act: str, place: int, model: type[models.Model]) -> None:
    """One act of somebody who owns the database, if there is anything to do it to."""
    rows = model._default_manager.order_by("pk")
    row: Any = list(rows)[place] if rows.count() > place else None
    link = Seal.objects.order_by("number")[place % 4 : place % 4 + 1]
    if act in {"seal", "unseal"}:
        number = link.values_list("number", flat=True).first()
        if number is None or (act == "unseal" and number == Seal.objects.latest("number").number):
            return
        one = Seal.objects.filter(number=number)
        if act == "seal":
            one.update(newest_at=clock.now() - timedelta(days=9999))
        else:
            one._raw_delete("default")
        return
    if row is None:
        return
    if act == "change":
        rows.filter(pk=row.pk).update(request_id=uuid4().hex)
    elif act == "delete":
        rows.filter(pk=row.pk)._raw_delete("default")
    else:
        row.pk = -1 - place - 12 * model._default_manager.filter(pk__lt=0).count()
        if model is SecurityEvent:
            row.public_id = uuid4()
        row.save(force_insert=True)


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(acts=acts)
def test_rule_71_no_tampering_is_overlooked(acts: list[tuple[str, int, type[models.Model]]]) -> None:
    with transaction.atomic():
        for _ in range(2):
            write(6)
            seal()
        verify()
        with owner_of_the_database():
            before = all_that_stands()
            for act in acts:
                do(*act)
        # A row put in and taken out again is no tampering.
        if all_that_stands() != before:
            with pytest.raises(Damage):
                verify()
        else:
            verify()
        transaction.set_rollback(True)


def elsewhere(act: Any) -> Thread:
    """``act`` on a connection of its own."""

    def run() -> None:
        try:
            act()
        finally:
            connection.close()

    thread = Thread(target=run)
    thread.start()
    return thread


@pytest.mark.django_db(transaction=True)
def test_a_row_that_commits_late_is_waited_for() -> None:
    has_id, may_commit = Event(), Event()

    def slow() -> None:
        with transaction.atomic():
            audit.record(User, "slow", action="updated", before={}, after={})
            has_id.set()
            assert may_commit.wait(60)

    writer = elsewhere(slow)
    assert has_id.wait(60)
    later = entry()
    with capture_logs() as logs:
        assert settled_id(AuditEntry, patience=0.1) is None
    assert logs[0]["event"] == "audit_seal_waits"
    assert (logs[0]["table"], logs[0]["writers"]) == ("common.auditentry", 1)

    sealer = elsewhere(seal)
    time.sleep(0.3)
    assert not Seal.objects.exists()
    assert entry().pk > later.pk  # Nobody waits for the sealer.
    may_commit.set()
    writer.join()
    sealer.join()
    assert AuditEntry.objects.get(object_id="slow").pk < later.pk
    assert verify().rows >= 2
    seal()
    assert verify().rows == 3


@pytest.mark.django_db(transaction=True)
def test_a_table_whose_writer_does_not_end_does_not_hold_up_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "PATIENCE_SECONDS", 0.05)
    has_id, may_commit = Event(), Event()

    def slow() -> None:
        with transaction.atomic():
            audit.record(User, "slow", action="updated", before={}, after={})
            has_id.set()
            assert may_commit.wait(60)

    writer = elsewhere(slow)
    assert has_id.wait(60)
    event()
    assert seal() == 1
    assert Seal.objects.get().table == "accounts.securityevent"
    may_commit.set()
    writer.join()
    assert seal() == 1


@pytest.mark.django_db(transaction=True)
def test_of_parallel_sealers_one_works_and_the_chain_has_no_fork() -> None:
    for _ in range(40):
        write(1)
    made: list[int] = []
    threads = [elsewhere(lambda: made.append(seal())) for _ in range(6)]
    for thread in threads:
        thread.join()
    assert len(made) == 6
    seal()
    assert verify().rows == 80


@pytest.mark.django_db(transaction=True)
def test_whoever_comes_second_leaves_it_to_the_first() -> None:
    entry()
    holds, may_end = Event(), Event()

    def hold() -> None:
        with transaction.atomic():
            assert sealing._is_alone()
            holds.set()
            assert may_end.wait(60)

    other = elsewhere(hold)
    assert holds.wait(60)
    assert seal() == 0
    may_end.set()
    other.join()
    assert seal() == 1


@pytest.mark.django_db
def test_only_so_long_is_worked_at_once() -> None:
    entry()
    assert seal_new_rows(seconds=0) == 0
    assert seal() == 1


@pytest.mark.django_db
def test_the_tasks_seal_and_tell_the_head() -> None:
    with capture_logs() as logs:
        tasks.tell_head()
    assert logs[0] == {"event": "audit_head", "log_level": "info", "number": 0, "digest": NOTHING}
    entry()
    tasks.seal()
    assert Seal.objects.get().rows == 1


@pytest.mark.django_db
def test_rule_71_damage_of_late_is_found_every_night() -> None:
    row = entry()
    seal()
    with capture_logs() as logs:
        tasks.verify_newest()
    assert not logs
    tamper("UPDATE common_auditentry SET action = 'forged' WHERE id = %s", row.pk)
    with capture_logs() as logs:
        tasks.verify_newest()
    assert (logs[0]["event"], logs[0]["log_level"], logs[0]["wrong"]) == ("audit_damaged", "error", "row changed")
    assert logs[0]["where"].startswith(f"common.auditentry {row.pk}, seal 1 of ")


def refused(act: Callable[[], object]) -> bool:
    try:
        with transaction.atomic():
            act()
    except IntegrityError:
        return True
    return False


@pytest.mark.django_db
def test_rule_71_seals_are_never_edited_and_never_removed() -> None:
    entry()
    seal()
    assert refused(lambda: Seal.objects.update(rows=2))
    assert refused(lambda: Seal.objects.all()._raw_delete("default"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgname = 'common_seal_truncate'")
        [(definition,)] = cursor.fetchall()
        assert "NOT starts_with((current_database())::text, 'test_'::text)" in definition
        cursor.execute(definition.replace("test_", "other_").replace("common_seal_truncate", "elsewhere"))
        with pytest.raises(IntegrityError), transaction.atomic():
            cursor.execute("TRUNCATE common_seal")


@pytest.mark.django_db
def test_the_protection_of_seals_can_be_taken_back_and_put_on_again() -> None:
    triggers: Any = MigrationLoader(connection).get_migration("common", "0003_seals").operations[1]
    entry()
    seal()
    with connection.cursor() as cursor:
        cursor.execute(triggers.reverse_sql)
        assert Seal.objects.update(rows=5) == 1
        cursor.execute(triggers.sql)
    assert refused(lambda: Seal.objects.update(rows=2))


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("audit_verify", *arguments, stdout=out)
    return out.getvalue()


@pytest.mark.django_db
def test_the_command_says_what_it_found(capsys: pytest.CaptureFixture[str]) -> None:
    write()
    seal()
    head = verify().head
    entry()
    assert run("--head", head.upper()) == (
        "2 seals and 6 rows are as they were sealed; 0 rows were removed by retention, 1 wait for their seal.\n"
        f"Head: {head}\n"
    )
    assert "2/2" in capsys.readouterr().err
    with pytest.raises(CommandError, match="chain cut or written anew"):
        run("--head", "ab")
    tamper("UPDATE accounts_securityevent SET details = '{}' WHERE id = %s", SecurityEvent.objects.latest("pk").pk)
    with pytest.raises(CommandError, match=r"^row changed: accounts.securityevent \d+, seal 2 of ") as raised:
        run()
    assert raised.value.returncode == 1


@pytest.mark.django_db
def test_the_command_looks_only_at_what_was_sealed_since() -> None:
    for days in (30, 10, 0):
        entry()
        seal()
        if days:
            last = Seal.objects.latest("number")
            with owner_of_the_database():
                last.at = clock.now() - timedelta(days=days)
                last.digest = sealing.seal_digest(last)
                last.save()
    since = f"{datetime.now(UTC) - timedelta(days=20):%Y-%m-%d}"
    assert run("--since", since).startswith("2 seals and 2 rows")
    assert run("--since", "2020-01-01T00:00:00+02:00").startswith("3 seals and 3 rows")
    assert run("--since", "2999-01-01").startswith("0 seals and 0 rows")
    with pytest.raises(CommandError, match="--since"):
        run("--since", "yesterday")
    with owner_of_the_database():
        Seal.objects.filter(number=1)._raw_delete("default")
    with pytest.raises(CommandError, match="seal missing: seal 1"):
        run("--since", since)


def test_every_kept_table_has_what_a_seal_needs() -> None:
    assert audit.kept() == EVIDENCE
    audit.keep(SecurityEvent)
    assert audit.kept() == EVIDENCE
    for model in audit.kept():
        assert model._meta.pk.get_internal_type() == "BigAutoField"
        assert model._meta.get_field("at").get_internal_type() == "DateTimeField"
        assert apps.get_model(model._meta.label_lower) is model


@pytest.mark.django_db
def test_operators_look_at_seals_and_change_none(client: Client, operator: User) -> None:
    entry()
    seal()
    client.force_login(operator)
    assert Seal.objects.get().digest in client.get("/admin/common/seal/1/change/").content.decode()
    page = client.get("/admin/common/seal/", {"q": Seal.objects.get().digest}).content.decode()
    assert "common.auditentry" in page
    assert client.post("/admin/common/seal/1/change/", {"rows": 9}).status_code == 403
    assert client.post("/admin/common/seal/1/delete/", {"post": "yes"}).status_code == 403


def test_types_are_told_apart() -> None:
    one = UUID(int=1)
    shapes = [{"x": evidence._tagged(kind, str(one))} for kind in ("UUIDField", "CharField", "DateTimeField")]
    assert len({evidence.digest(shape) for shape in shapes}) == 3
