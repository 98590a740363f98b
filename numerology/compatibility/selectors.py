from uuid import UUID

from django.db.models import QuerySet

from accounts.models import User
from numerai.common.errors import NotFound
from numerology.compatibility.models import CompatibilityCheck


def checks_of(user: User) -> "QuerySet[CompatibilityCheck]":
    """What the person has checked, whatever their plan is by now."""
    return CompatibilityCheck.objects.filter(user=user)


def check_of(user: User, check_id: UUID) -> CompatibilityCheck:
    """Raises NotFound, also for a check of somebody else."""
    check = checks_of(user).filter(pk=check_id).first()
    if check is None:
        raise NotFound
    return check
