from numerai.tests.access import Access, everyone, signed_in

ROWS: dict[str, Access] = {
    "api/v1/payments/create-subscription/": signed_in("POST"),
    "api/v1/payments/subscription-status/": signed_in("GET"),
    "api/v1/payments/billing-history/": signed_in("GET"),
    "api/v1/payments/invoices/<uuid:invoice_id>/": signed_in("GET"),
    "api/v1/payments/invoices/<uuid:invoice_id>/pdf/": signed_in("GET"),
    "api/v1/payments/<uuid:payment_id>/refund/": signed_in("GET", "POST"),
    "api/v1/payments/webhook/": everyone("POST"),
    "api/v1/payments/webhook": everyone("POST"),
}
