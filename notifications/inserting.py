"""A new notification, unless one of its key is there: one statement, which the model has no call for."""

from functools import cache

from django.db import connection

from notifications.models import Notification

# What the database gives.
GIVEN = ("id", "created_at")


def insert(draft: Notification) -> Notification:
    """``draft`` as it stands in the database now, or the one that has its key."""
    while True:
        fields = [field for field in Notification._meta.concrete_fields if field.attname not in GIVEN]
        values = [field.get_db_prep_save(field.pre_save(draft, add=True), connection) for field in fields]
        with connection.cursor() as cursor:
            cursor.execute(_statement(), values)
            made = cursor.fetchone()
        if made is not None:
            draft.id, draft.created_at = made
            draft._state.adding, draft._state.db = False, connection.alias
            return draft
        kept = Notification.objects.filter(recipient=draft.recipient_id, dedupe_key=draft.dedupe_key).first()
        # None only if the row that stood in the way was erased in between: then the key is free.
        if kept is not None:
            return kept


@cache
def _statement() -> str:
    columns = [str(field.column) for field in Notification._meta.concrete_fields if field.attname not in GIVEN]
    return f"""
        INSERT INTO {Notification._meta.db_table} ({", ".join(columns)}) VALUES ({", ".join(["%s"] * len(columns))})
        ON CONFLICT (recipient_id, dedupe_key) DO NOTHING
        RETURNING {", ".join(GIVEN)}
    """  # noqa: S608 - names of the model
