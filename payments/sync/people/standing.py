from payments.models import Subscription
from payments.sync.subscriptions import sync_subscription


def sync_standing(customer_id: str) -> None:
    """Look at the subscription that the customer has now, if any. Raises gateway.ObjectMissing, LockTimeout."""
    standing = Subscription.objects.standing().filter(customer__stripe_id=customer_id)
    for stripe_id in standing.values_list("stripe_id", flat=True):
        sync_subscription(stripe_id, customer_id=customer_id)
