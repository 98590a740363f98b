from uuid import UUID

from django.db.models import QuerySet

from accounts.models import User
from numerai.common.errors import NotFound
from numerology.people.imports.models import PeopleImport


def imports_of(owner: User) -> "QuerySet[PeopleImport]":
    """The owner's imports without what was in them, the newest first."""
    return PeopleImport.objects.filter(owner=owner).defer("rows", "errors").order_by("-created_at", "-id")


def import_of(owner: User, import_id: UUID) -> PeopleImport:
    """The owner's own, with what went wrong. Raises NotFound."""
    job = PeopleImport.objects.filter(owner=owner, pk=import_id).defer("rows").first()
    if job is None:
        raise NotFound
    return job
