from accounts.models import User
from payments import gateway, sync
from payments.gateway import is_livemode
from payments.models import OperationKind, StripeCustomer
from payments.services import operations
from payments.sync.people.contacts import receipts_go_to


def get_or_create_stripe_customer(user: User) -> StripeCustomer:
    """The person's customer at Stripe; parallel calls make one. Raises StripeUnavailable."""
    known = _known(user)
    if known is not None:
        return known
    with operations.alone(user.pk, is_repetition=False):
        return _known(user) or _create(user)


def _known(user: User) -> StripeCustomer | None:
    return StripeCustomer.objects.filter(user=user, livemode=is_livemode(), deleted_at__isnull=True).first()


def _create(user: User) -> StripeCustomer:
    # The key belongs to the operation and its parameters are kept with it, so a new e-mail address in between
    # neither makes a second customer nor a conflict of parameters.
    request = operations.Request(
        user_id=user.pk,
        kind=OperationKind.CREATE_CUSTOMER,
        body={},
        params={"email": receipts_go_to(user), "name": user.full_name},
    )
    unsettled = operations.left_behind(user.pk, OperationKind.CREATE_CUSTOMER)
    known_to_stripe = [row for row in unsettled if operations.may_be_asked_again(row)]
    operation = known_to_stripe[0] if known_to_stripe else operations.start(request)
    with operations.settling(operation):
        with operations.asking(operation):
            view = gateway.create_customer(
                key=operation.key(),
                email=operation.params["email"],
                name=operation.params["name"],
                user_id=str(user.pk),
            )
        customer = sync.link_customer(view)
        operations.succeed(operation, {"customer": view.id})
    return customer
