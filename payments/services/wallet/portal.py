"""Stripe's own pages for looking after cards and bills."""

from urllib.parse import urlsplit

from django.conf import settings

from accounts.models import User
from numerai.common.errors import DomainError
from payments import gateway, sync
from payments.models import BillingOperation, OperationKind
from payments.notices.kinds import BILLING_PAGE
from payments.services.customers import get_or_create_stripe_customer
from payments.services.operations import Request
from payments.services.performing import perform


class ReturnUrlNotAllowed(DomainError):
    code, title = "return_url_not_allowed", "The address is not ours"
    detail = "The portal leads back to our own pages only."


def create_portal_session(*, user: User, return_url: str = "", client_key: str = "") -> str:
    """The address of a portal session that leads back to ``return_url``, or to the billing page.

    Raises ReturnUrlNotAllowed, IdempotencyKeyReused, IdempotencyKeyInUse, AnotherPurchaseInProgress, StripeUnavailable,
    StripeMisconfigured.
    """
    back = return_url or f"{settings.FRONTEND_URL.rstrip('/')}{BILLING_PAGE}"
    if not _is_ours(back):
        raise ReturnUrlNotAllowed(field="return_url")
    body = {"return_url": back}
    request = Request(
        user_id=user.pk, kind=OperationKind.CREATE_PORTAL_SESSION, body=body, params=body, client_key=client_key
    )

    def work(operation: BillingOperation) -> dict[str, str]:
        customer = get_or_create_stripe_customer(user)
        try:
            url = gateway.create_portal_session(
                key=operation.key(), customer_id=customer.stripe_id, return_url=operation.params["return_url"]
            )
        except gateway.ObjectMissing as missing:
            sync.sync_customer(customer.stripe_id)
            raise gateway.StripeUnavailable(retry_after=1) from missing
        return {"url": url}

    return str(perform(request, work)["url"])


def _is_ours(url: str) -> bool:
    """Whether it leads to the frontend, whatever a browser makes of odd characters in it."""
    if not url.isascii() or not url.isprintable() or set(url) & set("\\ @"):
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    origins = [settings.FRONTEND_URL, *settings.CORS_ALLOWED_ORIGINS]
    return f"{parts.scheme}://{parts.netloc}" in [origin.rstrip("/") for origin in origins]
