from django.db import connection

from accounts.models import IdentityProvider


def lock_identity(provider: IdentityProvider, subject: str) -> None:
    """Let nobody else decide whose this identity is until the transaction ends. Taken before ``lock_address``."""
    _lock(f"accounts.identity|{provider.value}|{subject}")


def lock_address(email: str) -> None:
    """The same for which account an address belongs to, among sign-ins by Google and Apple."""
    _lock(f"accounts.address|{email}")


def _lock(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
