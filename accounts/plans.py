from datetime import datetime
from uuid import UUID

from accounts.models import Plan, User


def record_plan(*, user_id: UUID, plan: Plan, until: datetime | None) -> bool:
    """Note what the person has paid for, so that every request knows it without a further query.

    Called by payments inside the transaction that changes the subscription; ``until`` is the end of access, None when
    it is open. Answers whether anything changed.
    """
    changed = User.objects.filter(id=user_id).exclude(plan=plan, plan_until=until)
    return changed.update(plan=plan, plan_until=until) > 0
