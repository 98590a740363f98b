from django.utils.crypto import salted_hmac

from accounts.models import User


def may_reset(user: User) -> bool:
    """Whether what is read at the address of ``user`` may decide over the account. One that is known by a verified
    phone number only notes its address, which may be anybody's."""
    return user.is_active and bool(user.email) and (user.email_verified_at is not None or not user.is_verified)


def bound_to(user: User) -> bytes:
    """What a code or a link that resets the password is good for: this person with this address and this password, so
    that whatever changes one of them ends what was sent before."""
    return salted_hmac("accounts.reset", f"{user.pk}:{user.email or ''}:{user.password}", algorithm="sha256").digest()
