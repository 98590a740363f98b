from accounts.models import Profile, User
from numerai.common import clock


def crowd(size: int, name: str = "person") -> list[User]:
    """So many people with verified addresses, made at once."""
    verified = clock.now()
    people = User.objects.bulk_create(
        User(email=f"{name}{number:06}@example.com", full_name=f"{name} {number}", email_verified_at=verified)
        for number in range(size)
    )
    Profile.objects.bulk_create(Profile(user=person) for person in people)
    return people
