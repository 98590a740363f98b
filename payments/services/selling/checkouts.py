"""Selling on Stripe's own payment page: one thing, or a plan."""

import re
from dataclasses import asdict
from uuid import UUID

from django.conf import settings
from django.db.models import Q

from accounts.models import Plan, User
from numerai.common.errors import NotFound
from payments import gateway, sync
from payments.catalogue import OFFERS
from payments.gateway import CheckoutView, StripeUnavailable, is_livemode
from payments.models import (
    SUBSCRIPTION,
    BillingOperation,
    CheckoutMode,
    CheckoutSession,
    OperationKind,
    StripeCustomer,
)
from payments.models.subscription import OVER
from payments.services import operations
from payments.services.customers import get_or_create_stripe_customer
from payments.services.performing import perform
from payments.services.purchases import AlreadySubscribed
from payments.services.replacing import give_up_unpaid
from payments.services.selling import guarding
from payments.services.selling.answers import CheckoutStatus, NewCheckout, checkout_answer
from payments.services.selling.clearing import close_others, close_page, refusal_of
from payments.services.selling.finding import checkout_made_by, only, refuse_unheard
from payments.services.selling.intents import WrongId
from payments.services.selling.pricing import offer
from payments.services.selling.seconds import end_second_subscription
from payments.services.selling.wanted import RETURN_PAGE, frontend, metadata_of, wanted, wanted_by
from payments.sync.locks import LockTimeout

SESSION = re.compile(r"cs_[A-Za-z0-9_]{1,250}")
SESSION_ID = "session_id={CHECKOUT_SESSION_ID}"
CLOSE = "close"


def create_checkout_session(
    *,
    user: User,
    kind: str = "",
    reference: str = "",
    plan: str = "",
    success_path: str = RETURN_PAGE,
    cancel_path: str = RETURN_PAGE,
    client_key: str = "",
) -> NewCheckout:
    """A page of Stripe's on which ``user`` pays for one thing, or subscribes to ``plan``.

    The paths are the frontend's; the session's id is added to the first. Earlier pages for the same are closed. Raises
    NotForSale, NotFound, AmountRefused, PaidAlready, PurchaseLimitReached, DailyLimitReached, PurchaseUnderReview,
    AlreadySubscribed, and what perform raises.
    """
    body = {"kind": kind, "reference": reference, "plan": plan}
    body |= {"success_path": success_path, "cancel_path": cancel_path}
    bare = operations.Request(user.pk, OperationKind.CREATE_CHECKOUT, body, {}, client_key)
    earlier = operations.of_client_key(bare)
    params = earlier.params if earlier else _params(user, body)
    request = operations.Request(user.pk, OperationKind.CREATE_CHECKOUT, body, params, client_key)
    return only(NewCheckout, perform(request, lambda operation: asdict(_open(operation, user))))


def retrieve_checkout_session(*, user: User, session_id: str) -> CheckoutStatus:
    """The person's visit, after a fresh look at Stripe that hands over what it finds paid; our own row while Stripe is
    away. ``session_id`` is Stripe's, or our row's id. Raises WrongId, NotFound."""
    row = CheckoutSession.objects.filter(_named(session_id), user=user, livemode=is_livemode()).first()
    if row is None:
        raise NotFound
    is_verified = True
    try:
        look_at_checkout(row.stripe_id, customer_id=row.customer.stripe_id)
    except (StripeUnavailable, LockTimeout):
        is_verified = False
    found = CheckoutSession.objects.select_related("payment", "subscription").get(pk=row.pk)
    return CheckoutStatus(found, is_verified)


def look_at_checkout(session_id: str, *, customer_id: str = "") -> None:
    """Record how the visit ended; a second subscription is given back. Raises as sync_checkout, StripeUnavailable."""
    row = sync.sync_checkout(session_id, customer_id=customer_id)
    if row is not None and row.subscription_id is not None:
        end_second_subscription(row)


def _named(identifier: str) -> Q:
    try:
        return Q(pk=UUID(identifier))
    except ValueError:
        if SESSION.fullmatch(identifier):
            return Q(stripe_id=identifier)
        raise WrongId from None


def _params(user: User, body: dict[str, str]) -> dict[str, str]:
    joint = "&" if "?" in body["success_path"] else "?"
    urls = {
        "success_url": f"{frontend(body['success_path'])}{joint}{SESSION_ID}",
        "cancel_url": frontend(body["cancel_path"]),
    }
    if body["plan"]:
        return urls | {"plan": body["plan"], "price_id": OFFERS[Plan(body["plan"])].price_id}
    return wanted(offer(user, body["kind"], body["reference"]), **urls).params()


def _open(operation: BillingOperation, user: User) -> NewCheckout:
    customer = get_or_create_stripe_customer(user)
    make = _open_plan if "plan" in operation.params else _open_purchase
    try:
        view = checkout_made_by(operation, customer) or make(operation, customer)
    except gateway.ObjectMissing as missing:
        raise refusal_of(missing, customer) from missing
    try:
        sync.sync_checkout(view.id, customer_id=customer.stripe_id)
    except (LockTimeout, gateway.ObjectMissing, gateway.StripeMisconfigured) as error:
        raise StripeUnavailable(retry_after=2) from error
    return checkout_answer(view)


def _open_purchase(operation: BillingOperation, customer: StripeCustomer) -> CheckoutView:
    thing = wanted_by(operation)
    refuse_unheard(operation)
    close_others(operation, customer, thing)
    with guarding.passing(operation), operations.asking(operation):
        return gateway.create_purchase_checkout(
            key=operation.key(),
            customer_id=customer.stripe_id,
            amount=thing.amount,
            currency=thing.currency,
            description=thing.description,
            metadata=metadata_of(operation),
            asks_three_d_secure=thing.asks_three_d_secure,
            success_url=thing.success_url,
            cancel_url=thing.cancel_url,
        )


def _open_plan(operation: BillingOperation, customer: StripeCustomer) -> CheckoutView:
    _refuse_second(operation, customer)
    params = operation.params
    metadata = {"user_id": str(operation.user_id), "operation_id": str(operation.pk), "kind": SUBSCRIPTION}
    with operations.asking(operation):
        return gateway.create_subscription_checkout(
            key=operation.key(),
            customer_id=customer.stripe_id,
            price_id=params["price_id"],
            metadata=metadata | {"plan": params["plan"]},
            success_url=params["success_url"],
            cancel_url=params["cancel_url"],
        )


def _refuse_second(operation: BillingOperation, customer: StripeCustomer) -> None:
    """Nobody subscribes beside what they have; what was begun and not paid is given up. Raises AlreadySubscribed."""
    if settings.CHECKOUT_SECOND_TAB == CLOSE:
        pages = CheckoutSession.objects.filter(customer=customer, mode=CheckoutMode.SUBSCRIPTION, status="open")
        for page in pages.select_related("customer"):
            close_page(operation, page)
    for found in gateway.subscriptions_of(customer.stripe_id):
        if found.status == "incomplete":
            give_up_unpaid(found, operation, customer)
        elif found.status not in OVER:
            sync.sync_subscription(found.id, customer_id=customer.stripe_id)
            raise AlreadySubscribed
