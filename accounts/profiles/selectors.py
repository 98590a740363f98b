from django.db import connection

# One step along the index for each zone, however many people live there.
ZONES = """
    WITH RECURSIVE zone (name) AS (
        SELECT min(timezone) FROM accounts_profile WHERE date_of_birth IS NOT NULL
        UNION ALL
        SELECT (SELECT min(timezone) FROM accounts_profile WHERE date_of_birth IS NOT NULL AND timezone > zone.name)
        FROM zone WHERE zone.name IS NOT NULL
    )
    SELECT name FROM zone WHERE name IS NOT NULL
"""


def zones_of_people() -> list[str]:
    """The IANA names of all time zones in which somebody with a date of birth lives. One query."""
    with connection.cursor() as cursor:
        cursor.execute(ZONES)
        return [row[0] for row in cursor.fetchall()]
