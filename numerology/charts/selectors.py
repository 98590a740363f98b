from functools import cache
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection

from accounts.models import User
from numerology.charts.models import NumerologyProfile


def stored_numbers(user: User, person_id: UUID | None = None) -> NumerologyProfile | None:
    """What is kept of one of the user's people; without ``person_id``, of the user's own.

    Every page with numbers asks this, so the statement is written once instead of being composed by the ORM each time.
    """
    whose = (user.pk,) if person_id is None else (user.pk, person_id)
    with connection.cursor() as cursor:
        cursor.execute(_statement(of_person=person_id is not None), whose)
        row = cursor.fetchone()
    return NumerologyProfile.from_db(DEFAULT_DB_ALIAS, _columns(), row) if row else None


@cache
def _statement(*, of_person: bool) -> str:
    quoted = connection.ops.quote_name
    table = quoted(NumerologyProfile._meta.db_table)
    columns = ", ".join(quoted(str(field.column)) for field in NumerologyProfile._meta.concrete_fields)
    person = "= %s" if of_person else "IS NULL"
    return f"SELECT {columns} FROM {table} WHERE user_id = %s AND person_id {person}"  # noqa: S608 - names of ours


@cache
def _columns() -> tuple[str, ...]:
    return tuple(field.attname for field in NumerologyProfile._meta.concrete_fields)
