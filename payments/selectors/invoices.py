from uuid import UUID

from django.db.models import Prefetch

from accounts.models import User
from numerai.common.errors import Conflict, NotFound
from payments.gateway import is_livemode
from payments.models import BillingHistory, InvoiceLine


class InvoiceVoid(Conflict):
    code = "invoice_void"
    detail = "This invoice was withdrawn. You do not owe it."


def invoice_of(user: User, invoice_id: UUID) -> BillingHistory:
    """The person's own invoice with its lines, in two queries. Raises NotFound, InvoiceVoid.

    A draft may still change, so it is none yet.
    """
    lines = Prefetch("lines", InvoiceLine.objects.order_by("position"))
    bills = BillingHistory.objects.filter(user=user, livemode=is_livemode()).exclude(status="draft")
    found = bills.prefetch_related(lines).filter(pk=invoice_id).first()
    if found is None:
        raise NotFound
    if found.status == "void":
        raise InvoiceVoid
    return found
