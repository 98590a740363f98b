from accounts.models import User
from numerology.charts.models import NumerologyProfile


def stored_profile(user: User) -> NumerologyProfile | None:
    """The numbers of the user's own, not those of their people."""
    return NumerologyProfile.objects.filter(user=user, person=None).first()
