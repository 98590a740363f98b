from uuid import UUID

from accounts.models import User
from numerology.charts.models import NumerologyProfile


def stored_numbers(user: User, person_id: UUID | None = None) -> NumerologyProfile | None:
    """What is kept of one of the user's people; without ``person_id``, of the user's own."""
    return NumerologyProfile.objects.filter(user=user, person=person_id).first()
