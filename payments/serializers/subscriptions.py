from typing import Any

from rest_framework import serializers

from payments.catalogue import OFFERS
from payments.models import Subscription
from payments.money import to_decimal_string

SOLD = [plan.value for plan in OFFERS]


class CreateSubscriptionRequestSerializer(serializers.Serializer[Any]):
    plan = serializers.ChoiceField(choices=SOLD)
    payment_method_id = serializers.RegexField(
        r"^pm_[A-Za-z0-9_]+$",
        required=False,
        allow_blank=True,
        allow_null=True,
        max_length=255,
        help_text="A payment method made by Stripe.js. Without it the page confirms the first payment itself.",
    )


class NewSubscriptionSerializer(serializers.Serializer[Any]):
    message = serializers.CharField()
    subscription_id = serializers.UUIDField()
    client_secret = serializers.CharField(
        allow_null=True, help_text="For Stripe.js, while a payment is to be confirmed."
    )
    status = serializers.CharField(help_text="Stripe's word, such as active or incomplete.")


class SubscriptionSerializer(serializers.ModelSerializer[Subscription]):
    plan = serializers.ChoiceField(choices=SOLD, source="shown_plan")
    amount = serializers.SerializerMethodField(help_text="A period's price in major units.")
    ends_at = serializers.DateTimeField(allow_null=True, help_text="When it ends or ended; null while it renews.")

    class Meta:
        model = Subscription
        fields = (
            "id",
            "plan",
            "status",
            "current_period_start",
            "current_period_end",
            "cancel_at_period_end",
            "ends_at",
            "trial_end",
            "amount",
            "currency",
        )
        read_only_fields = fields

    def get_amount(self, row: Subscription) -> str:
        return to_decimal_string(row.amount, row.currency)


class SubscriptionStatusSerializer(serializers.Serializer[Any]):
    has_subscription = serializers.BooleanField()
    subscription = SubscriptionSerializer(allow_null=True)
