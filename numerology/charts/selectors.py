from accounts.models import User
from numerology.charts.models import NumerologyProfile


def stored_profile(user: User) -> NumerologyProfile | None:
    return NumerologyProfile.objects.filter(user=user).first()
