"""Every column of every table has its place in the registry, and what it says there is what happens."""

import json
from typing import Any

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import connection, models
from django.utils import timezone

from accounts.leaving import working
from accounts.leaving.services import ask_deletion
from accounts.models import DeletionState, User
from accounts.tests.leaving import make_due
from numerai.common.privacy import Fate, holdings

TABLES = {table.model: table for holding in holdings() for table in holding.tables}
OWNED = [table for table in TABLES.values() if table.owner]
# A marker has to fit, and be found again, in short columns as well.
SHORTEST = 8
ADDRESS = "203.0.113.77"


def label(model: type[models.Model]) -> str:
    return model._meta.label


ALL_MODELS = sorted(label(model) for model in apps.get_models(include_auto_created=True) if model._meta.managed)


@pytest.mark.parametrize("model", ALL_MODELS)
def test_rule_63_every_column_is_listed_with_what_becomes_of_it(model: str) -> None:
    table = TABLES[model]
    listed = [name for columns in table.columns for name in columns.names]
    assert sorted(listed) == sorted(field.name for field in apps.get_model(model)._meta.concrete_fields)


def test_rule_63_what_stays_says_why_and_until_when() -> None:
    for table in TABLES.values():
        fates = {columns.fate for columns in table.columns}
        if fates != {Fate.IMPERSONAL}:
            assert table.purpose, table.model
            assert table.until, table.model
        for columns in table.columns:
            assert columns.why or columns.fate is not Fate.KEPT, table.model
        assert not table.is_deleted or fates == {Fate.ERASED}, f"{table.model}: its rows go, so all of it does."


def test_rule_67_every_table_of_a_person_is_exported_or_holds_nothing_that_is_told() -> None:
    sections = {(holding.app, table.section) for holding in holdings() for table in holding.tables if table.is_section}
    for holding in holdings():
        for table in holding.tables:
            if table.owner and table.told_columns:
                assert (holding.app, table.section) in sections, table.model
            assert bool(table.section) == bool(table.told_columns), table.model


def test_each_section_is_told_once() -> None:
    names = [(holding.app, table.section) for holding in holdings() for table in holding.tables if table.is_section]
    assert len(names) == len(set(names))


class Planted:
    """One row of every table a person owns, with a marker of its own in each column that can hold text."""

    def __init__(self, person: User) -> None:
        self.person = person
        self.columns: dict[str, tuple[str, str]] = {}
        self.rows: dict[str, models.Model] = {"accounts.User": person, "accounts.Profile": person.profile}
        for table in OWNED:
            self.row_of(table.model)

    def row_of(self, model: str) -> models.Model:
        if model not in self.rows:
            row = apps.get_model(model)()
            for field in row._meta.concrete_fields:
                value = self.value_of(model, field)
                if value is not None:
                    setattr(row, field.attname, value)
            row.save_base(raw=True, force_insert=True)
            self.rows[model] = row
        return self.rows[model]

    def update(self, model: str) -> None:
        """The same for a row that was there before."""
        row = self.rows[model]
        for field in row._meta.concrete_fields:
            if field.attname not in {"id", "user_id"} and (value := self.value_of(model, field)) is not None:
                setattr(row, field.attname, value)
        row.save_base(raw=True)

    def value_of(self, model: str, field: "models.Field[Any, Any]") -> Any:
        special = self.special(model, field.name)
        if special is not None:
            return special
        if field.is_relation:
            return self.target_of(field)
        if field.choices:
            return field.choices[0][0]
        if isinstance(field, models.UUIDField):
            return self.person.pk if field.name in {"user_id", "person_id"} else None
        return self.marker_of(model, field) if self.can_hold_text(field) else something_for(field)

    def special(self, model: str, name: str) -> Any:
        """What decides whether something is left to be done, and what leads to the person without a key."""
        customer = "payments.StripeCustomer"
        return {
            ("payments.Subscription", "status"): "canceled",
            ("payments.StripeCustomer", "deleted_at"): timezone.now(),
            ("payments.BillingOperation", "state"): "succeeded",
            ("payments.CheckoutSession", "status"): "expired",
            ("payments.WebhookEvent", "customer_id"): getattr(self.rows.get(customer), "stripe_id", None),
            ("payments.WebhookEvent", "state"): "processed",
            ("common.AuditEntry", "object_id"): str(self.person.pk),
            ("admin.LogEntry", "object_id"): str(self.person.pk),
            ("accounts.Deletion", "state"): DeletionState.UNDONE,
            ("accounts.ExportJob", "state"): "ready",
            ("accounts.User", "is_staff"): False,
        }.get((model, name))

    def target_of(self, field: "models.Field[Any, Any]") -> Any:
        target: Any = field.remote_field.model  # type: ignore[union-attr]
        if target is User:
            return self.person.pk
        if target is ContentType:
            return ContentType.objects.get_for_model(User).pk
        if label(target) in TABLES and TABLES[label(target)].owner:
            return self.row_of(label(target)).pk if label(target) != label(field.model) else None
        return None if field.null else (target._base_manager.first() or save_new(target)).pk

    @staticmethod
    def can_hold_text(field: "models.Field[Any, Any]") -> bool:
        columns = TABLES[label(field.model)].columns
        if any(field.name in each.names for each in columns if each.fate is Fate.IMPERSONAL):
            return False
        texts = (models.CharField, models.TextField, models.JSONField, models.BinaryField, models.GenericIPAddressField)
        return isinstance(field, texts) and (field.max_length or SHORTEST) >= SHORTEST

    def marker_of(self, model: str, field: "models.Field[Any, Any]") -> Any:
        if isinstance(field, models.GenericIPAddressField):
            return ADDRESS
        marker = f"mark{len(self.columns):04}"
        self.columns[marker] = (model, field.name)
        if isinstance(field, models.JSONField):
            return {"planted": marker}
        if isinstance(field, models.BinaryField):
            return marker.encode()
        return f"{marker}@planted.example" if isinstance(field, models.EmailField) else marker


def something_for(field: "models.Field[Any, Any]") -> Any:
    """Something for a column that must not be empty."""
    if field.null or field.has_default() or field.primary_key:
        return None
    today = timezone.now()
    for kind, value in (
        (models.DateTimeField, today),
        (models.DateField, today.date()),
        (models.BooleanField, False),
        (models.IntegerField, 1),
        (models.CharField, "usd"),
        (models.JSONField, {}),
    ):
        if isinstance(field, kind):
            return value
    raise AssertionError(f"Nothing is planted in {field}.")


def save_new(model: type[models.Model]) -> models.Model:
    row = model()
    row.save_base(raw=True, force_insert=True)
    return row


@pytest.fixture
def planted(alice: User) -> Planted:
    """Without the rules that a real row would have to keep to: they would only shorten the list of columns."""
    with connection.cursor() as cursor:
        # What is deferred is checked now, or the tables could not be altered.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE contype = 'c' AND conrelid > 0"
        )
        for table, name in cursor.fetchall():
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        cursor.execute("SET LOCAL session_replication_role = replica")
    everything = Planted(alice)
    everything.update("accounts.User")
    everything.update("accounts.Profile")
    return everything


def found_in_database(markers: dict[str, tuple[str, str]]) -> set[tuple[str, str, str]]:
    """Where in the whole database a marker stands: table, column, marker; as text or in bytes."""
    found = set()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' AND data_type"
            " NOT IN ('integer', 'bigint', 'smallint', 'boolean', 'date', 'timestamp with time zone', 'uuid')"
        )
        for table, column in cursor.fetchall():
            cursor.execute(f'SELECT "{column}"::text FROM "{table}" WHERE "{column}" IS NOT NULL')  # noqa: S608
            text = "\n".join(row[0] for row in cursor.fetchall())
            found |= {
                (table, column, mark) for mark in (*markers, ADDRESS) if mark in text or mark.encode().hex() in text
            }
    return found


def kept_columns() -> set[tuple[str, str]]:
    return {
        (table.model_class._meta.db_table, str(field.column))
        for table in TABLES.values()
        for field in table.model_class._meta.concrete_fields
        if field.name in table.kept_columns
    }


def test_rule_63_after_an_erasure_nothing_is_found_but_what_the_list_keeps(planted: Planted, bob: User) -> None:
    assert len(planted.columns) > 100
    before = found_in_database(planted.columns)
    assert {mark for *_, mark in before} == {*planted.columns, ADDRESS}
    deletion = ask_deletion(planted.person)
    make_due(deletion)
    assert working.work(deletion.pk) == DeletionState.DONE
    left = {(table, column) for table, column, _ in found_in_database(planted.columns)}
    assert left - kept_columns() == set()
    assert {"common_auditentry", "payments_payment"} <= {table for table, _ in left}, "The search finds what is there."
    assert User.objects.get(pk=bob.pk).email == bob.email


def test_rule_67_the_export_holds_what_is_told_and_nothing_else(planted: Planted) -> None:
    text = json.dumps({holding.app: holding.export(planted.person.pk) for holding in holdings()})
    exported = {where for mark, where in planted.columns.items() if mark in text}
    told = {
        (table.model, name)
        for table in OWNED
        for name in table.told_columns
        if (table.model, name) in planted.columns.values()
    }
    assert exported == told
    assert ADDRESS in text


def test_rule_67_each_table_finds_the_rows_of_its_owner_alone(planted: Planted, bob: User) -> None:
    for table in OWNED:
        assert table.rows_of(planted.person.pk).count() >= 1, table.model
        found = set(table.rows_of(bob.pk).values_list("pk", flat=True))
        assert found <= {bob.pk, bob.profile.pk}, table.model
