"""Triggers, so that it holds for whoever writes: a row of money keeps its identity, and once paid its amount, and is
removed after seven years at the earliest by the database's own clock. Only the test suite empties tables.
"""

import django.contrib.postgres.indexes
from django.db import migrations, models

ALWAYS = {
    "payments_payment": ("stripe_id", "livemode", "created_at"),
    "payments_refund": ("stripe_id", "payment_id", "livemode", "amount", "currency", "created_at"),
    "payments_dispute": ("stripe_id", "payment_id", "livemode", "currency", "created_at"),
    "payments_billinghistory": ("stripe_id", "livemode", "currency", "created_at"),
    "payments_webhookevent": ("event_id", "type", "livemode", "created_at"),
}
ONCE_PAID = {"payments_payment": ("amount", "currency")}
WRITTEN_ONCE = ("payments_ledgerentry",)


def differs(columns):
    return " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in columns)


def trigger(table, event, condition=""):
    level = "STATEMENT" if event == "TRUNCATE" else "ROW"
    when = f"WHEN ({condition})" if condition else ""
    return (
        f"CREATE TRIGGER {table}_{event.lower()} BEFORE {event} ON {table} "
        f"FOR EACH {level} {when} EXECUTE FUNCTION common_evidence_stays();"
    )


def updates(table):
    if table in WRITTEN_ONCE:
        return trigger(table, "UPDATE")
    condition = differs(ALWAYS[table])
    if table in ONCE_PAID:
        condition += f" OR (OLD.status = 'succeeded' AND ({differs(ONCE_PAID[table])}))"
    return trigger(table, "UPDATE", condition)


def protect(table):
    return [
        updates(table),
        trigger(table, "DELETE", "OLD.created_at > now() - interval '7 years'"),
        trigger(table, "TRUNCATE", "NOT starts_with(current_database(), 'test_')"),
    ]


def unprotect(table):
    return [f"DROP TRIGGER {table}_{event} ON {table};" for event in ("update", "delete", "truncate")]


class Migration(migrations.Migration):
    dependencies = [("common", "0002_evidence_stays"), ("payments", "0005_money")]

    operations = [
        migrations.AddIndex(
            model_name="webhookevent",
            index=models.Index(
                condition=models.Q(("payload__has_key", "id")),
                fields=["created_at"],
                name="payments_event_whole_payload",
            ),
        ),
        migrations.AddIndex(
            model_name="webhookevent",
            index=django.contrib.postgres.indexes.BrinIndex(
                autosummarize=True, fields=["created_at"], name="payments_event_age"
            ),
        ),
        *(
            migrations.RunSQL("\n".join(protect(table)), "\n".join(unprotect(table)))
            for table in (*ALWAYS, *WRITTEN_ONCE)
        ),
    ]
