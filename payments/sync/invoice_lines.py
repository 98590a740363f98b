from payments.gateway import InvoiceView
from payments.models import BillingHistory, InvoiceLine
from payments.sync.rows import write_columns


def write_lines(view: InvoiceView, invoice: BillingHistory) -> None:
    """Make the rows of the invoice's lines what Stripe has; those that a draft has lost go."""
    rows = {row.stripe_id: row for row in invoice.lines.all()}
    for position, line in enumerate(view.lines):
        columns = {
            "position": position,
            "description": line.description,
            "quantity": line.quantity,
            "amount": line.amount,
            "currency": line.currency,
            "price_id": line.price_id,
            "is_proration": line.is_proration,
            "period_start": line.period_start,
            "period_end": line.period_end,
        }
        row = rows.pop(line.id, None)
        write_columns(row or InvoiceLine(invoice=invoice, stripe_id=line.id), columns)
    if rows:
        invoice.lines.filter(stripe_id__in=rows).delete()
