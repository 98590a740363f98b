"""What an operator does to one particular subscription, by the same steps as its owner would."""

from accounts.models import User
from numerai.common.errors import Conflict
from payments.models import OperationKind, Subscription
from payments.services import operations
from payments.services.subscriptions.answers import Answer, carry_out
from payments.services.subscriptions.cancellation import cancel
from payments.services.subscriptions.resumption import resume


class SubscriptionOwnerGone(Conflict):
    code = "subscription_owner_gone"
    detail = "The account of this person is closed, so nobody would use what the subscription goes on to charge."


def cancel_on_behalf(row: Subscription, *, by: User, when: str) -> Answer:
    """End this subscription, also one that was bought twice, as ``cancel_subscription`` ends the person's own.

    ``when`` is PERIOD_END or NOW. Nothing is given back: refunds are an action of their own. Raises what
    ``cancel_subscription`` raises.
    """
    terms = {"when": when, "refund": "False", "feedback": "", "comment": ""}
    return carry_out(_request(row, by, OperationKind.CANCEL_SUBSCRIPTION, terms), cancel)


def resume_on_behalf(row: Subscription, *, by: User) -> Answer:
    """Withdraw the cancellation of this subscription, or end its pause. Raises SubscriptionOwnerGone and what
    ``resume_subscription`` raises."""
    if row.user is None or not row.user.is_active:
        raise SubscriptionOwnerGone
    return carry_out(_request(row, by, OperationKind.RESUME_SUBSCRIPTION, {"ends_pause": "True"}), resume)


def _request(row: Subscription, by: User, kind: OperationKind, terms: dict[str, str]) -> operations.Request:
    """It belongs to the person, so that all about one person's money happens one after the other, and to the operator
    once that person has been erased. Who closed their account can still be freed of a subscription."""
    body = terms | {"subscription_id": str(row.pk)}
    return operations.Request(
        user_id=row.user_id or by.pk,
        kind=kind,
        body=body,
        params=body | {"actor_id": str(by.pk)},
        is_farewell=kind == OperationKind.CANCEL_SUBSCRIPTION,
    )
