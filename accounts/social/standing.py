from accounts.models import User


def is_mailbox_hijacked(user: User) -> bool:
    """Whether Google has told us that somebody else holds the account behind the address of ``user``: then a mail that
    opens an account must not go there."""
    return user.identities.filter(blocked_at__isnull=False, email=user.email or "").exists()
