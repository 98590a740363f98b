from django.urls import path

from payments.views.billing import BillingHistoryView
from payments.views.invoices import InvoicePdfView, InvoiceView
from payments.views.refunds import RefundView
from payments.views.subscriptions import CreateSubscriptionView, SubscriptionStatusView
from payments.webhooks.views import WebhookView, webhook_without_slash

urlpatterns = [
    path("create-subscription/", CreateSubscriptionView.as_view(), name="create-subscription"),
    path("subscription-status/", SubscriptionStatusView.as_view(), name="subscription-status"),
    path("billing-history/", BillingHistoryView.as_view(), name="billing-history"),
    path("invoices/<uuid:invoice_id>/", InvoiceView.as_view(), name="invoice"),
    path("invoices/<uuid:invoice_id>/pdf/", InvoicePdfView.as_view(), name="invoice-pdf"),
    path("<uuid:payment_id>/refund/", RefundView.as_view(), name="refund"),
    path("webhook/", WebhookView.as_view(), name="stripe-webhook"),
    path("webhook", webhook_without_slash),
]
