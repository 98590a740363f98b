from django.urls import path

from payments.views.billing import BillingHistoryView
from payments.views.subscriptions import CreateSubscriptionView, SubscriptionStatusView
from payments.webhooks.views import WebhookView, webhook_without_slash

urlpatterns = [
    path("create-subscription/", CreateSubscriptionView.as_view(), name="create-subscription"),
    path("subscription-status/", SubscriptionStatusView.as_view(), name="subscription-status"),
    path("billing-history/", BillingHistoryView.as_view(), name="billing-history"),
    path("webhook/", WebhookView.as_view(), name="stripe-webhook"),
    path("webhook", webhook_without_slash),
]
