"""Every message that numerology sends. Its words are under ``texts/``, in a file named like it."""

from notifications.kinds import Kind, register
from notifications.vocabulary import NotificationType

DAILY_READING = "numerology.daily_reading"
REMEDY_REMINDER = "numerology.remedy_reminder"
PEOPLE_IMPORTED = "numerology.people_imported"


def register_kinds() -> None:
    register(Kind(PEOPLE_IMPORTED, NotificationType.INFO.value, "people", ("in_app",), keep_days=30))
    register(Kind(DAILY_READING, NotificationType.DAILY_READING.value, "readings", ("in_app",), keep_days=30))
    register(
        Kind(REMEDY_REMINDER, NotificationType.INFO.value, "practice", ("in_app",), keep_days=30),
    )
