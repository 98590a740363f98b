"""What operators are told. Everybody on the staff who may see the object is, in the centre and by mail."""

from typing import Any

from accounts.models import User
from notifications.services import notify


def tell_operators(
    kind: str, context: dict[str, Any], dedupe_key: str, action_url: str = "", *, permission: str
) -> int:
    """Tell each operator who has ``permission``, such as "payments.view_dispute", once for each ``dedupe_key``; answers
    how many there are. Inside the caller's transaction."""
    staff = User.objects.filter(is_staff=True, is_active=True)
    told = [person for person in staff if person.has_perm(permission)]
    for person in told:
        notify(user=person, kind=kind, context=context, dedupe_key=dedupe_key, action_url=action_url)
    return len(told)
