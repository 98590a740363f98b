"""A recipient as plain values: what a batch of many needs to know of each, and no column more."""

from dataclasses import dataclass, fields
from datetime import datetime
from functools import cache
from uuid import UUID

from django.conf import settings
from django.contrib.auth import get_user_model


@dataclass(slots=True)
class Person:
    """A Recipient, read with ``paths``; None stands for what has no row yet."""

    pk: UUID
    full_name: str
    email: str | None
    email_verified_at: datetime | None
    phone: str | None
    phone_verified_at: datetime | None
    is_active: bool
    timezone: str
    locale: str

    def __post_init__(self) -> None:
        self.timezone = self.timezone or "UTC"
        self.locale = self.locale or "en"


@cache
def paths() -> tuple[str, ...]:
    """Where each attribute of a Person is kept: with the person, or in a row that belongs to them."""
    user = get_user_model()
    places = {"": user} | {
        f"{name}__": user._meta.get_field(name).related_model for name in settings.NOTIFICATION_RECIPIENT_WITH
    }
    kept = {
        field.attname: place + field.attname
        for place, model in reversed(places.items())
        for field in model._meta.concrete_fields  # type: ignore[union-attr]
    }
    return tuple("pk" if field.name == "pk" else kept[field.name] for field in fields(Person))


def path_of(name: str) -> str:
    """Where one attribute of a Person is kept."""
    return paths()[[field.name for field in fields(Person)].index(name)]
