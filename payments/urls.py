from django.urls import path

from payments.views.billing import BillingHistoryView
from payments.views.changes import PreviewChangeView, UpdateSubscriptionView
from payments.views.endings import CancelSubscriptionView, PauseSubscriptionView, ResumeSubscriptionView
from payments.views.invoices import InvoicePdfView, InvoiceView
from payments.views.plans import PlansView, ProductsView
from payments.views.purchases import (
    CheckoutStatusView,
    CreateCheckoutView,
    CreatePaymentView,
    MyPaymentsView,
    PaymentStatusView,
    PaymentView,
)
from payments.views.refunds import RefundView
from payments.views.subscriptions import CreateSubscriptionView, SubscriptionStatusView
from payments.views.wallet import (
    DefaultPaymentMethodView,
    PaymentMethodsView,
    PaymentMethodView,
    PortalSessionView,
)
from payments.webhooks.views import WebhookView, webhook_without_slash

urlpatterns = [
    path("create-subscription/", CreateSubscriptionView.as_view(), name="create-subscription"),
    path("update-subscription/", UpdateSubscriptionView.as_view(), name="update-subscription"),
    path("preview-change/", PreviewChangeView.as_view(), name="preview-change"),
    path("cancel-subscription/", CancelSubscriptionView.as_view(), name="cancel-subscription"),
    path("resume-subscription/", ResumeSubscriptionView.as_view(), name="resume-subscription"),
    path("pause-subscription/", PauseSubscriptionView.as_view(), name="pause-subscription"),
    path("subscription-status/", SubscriptionStatusView.as_view(), name="subscription-status"),
    path("billing-history/", BillingHistoryView.as_view(), name="billing-history"),
    path("invoices/<uuid:invoice_id>/", InvoiceView.as_view(), name="invoice"),
    path("invoices/<uuid:invoice_id>/pdf/", InvoicePdfView.as_view(), name="invoice-pdf"),
    path("create-payment/", CreatePaymentView.as_view(), name="create-payment"),
    path("create-checkout-session/", CreateCheckoutView.as_view(), name="create-checkout-session"),
    path("status/<path:payment_intent_id>/", PaymentStatusView.as_view(), name="payment-status"),
    path("checkout-status/<path:session_id>/", CheckoutStatusView.as_view(), name="checkout-status"),
    path("my-payments/", MyPaymentsView.as_view(), name="my-payments"),
    path("<uuid:payment_id>/", PaymentView.as_view(), name="payment"),
    path("<uuid:payment_id>/refund/", RefundView.as_view(), name="refund"),
    path("payment-methods/", PaymentMethodsView.as_view(), name="payment-methods"),
    path("payment-methods/<str:payment_method_id>/", PaymentMethodView.as_view(), name="payment-method"),
    path(
        "payment-methods/<str:payment_method_id>/default/",
        DefaultPaymentMethodView.as_view(),
        name="default-payment-method",
    ),
    path("portal-session/", PortalSessionView.as_view(), name="portal-session"),
    path("plans/", PlansView.as_view(), name="plans"),
    path("products/", ProductsView.as_view(), name="products"),
    path("webhook/", WebhookView.as_view(), name="stripe-webhook"),
    path("webhook", webhook_without_slash),
]
