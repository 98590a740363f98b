from accounts.models import User


def ways_of(user: User) -> list[str]:
    """How ``user`` can prove who they are, the easiest first."""
    ways = []
    if user.has_usable_password():
        ways.append("password")
    if user.email and user.email_verified_at is not None:
        ways.append("code")
    return ways
