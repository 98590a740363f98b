from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.models import Plan, User
from numerai.common import audit


def record_plan(*, user_id: UUID, plan: Plan, until: datetime | None) -> bool:
    """Note what the person has paid for, so that every request knows it without a further query.

    Called by payments inside the transaction that changes the subscription; ``until`` is the end of access, None when
    it is open. Answers whether anything changed.
    """
    after = {"plan": plan.value, "plan_until": until}
    with transaction.atomic():
        before = User.objects.select_for_update(no_key=True).values("plan", "plan_until").filter(id=user_id).first()
        if before is None or before == after:
            return False
        User.objects.filter(id=user_id).update(**after)
        changed = {name: value for name, value in before.items() if after[name] != value}
        audit.record(User, user_id, action=audit.UPDATED, before=changed, after={name: after[name] for name in changed})
        return True
