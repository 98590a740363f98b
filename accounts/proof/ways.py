from accounts.models import User

# What is shown in a session that is open; the others are ways to open one.
SHOWN = ("password", "code")


def ways_of(user: User) -> list[str]:
    """How ``user`` can prove who they are, the easiest first: "password" and "code" here, the others by signing in
    anew with a passkey, Google or Apple."""
    ways = []
    if user.has_usable_password():
        ways.append("password")
    if user.email and user.email_verified_at is not None:
        ways.append("code")
    if user.passkeys.exists():
        ways.append("passkey")
    identities = user.identities.filter(blocked_at__isnull=True)
    return [*ways, *identities.order_by("-provider").values_list("provider", flat=True)]
