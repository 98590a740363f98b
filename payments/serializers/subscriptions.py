from typing import Any

from rest_framework import serializers

from numerai.common.http.strict import StrictSerializer
from payments.catalogue import OFFERS
from payments.models import Subscription
from payments.money import to_decimal_string

SOLD = [plan.value for plan in OFFERS]


class CreateSubscriptionRequestSerializer(StrictSerializer):
    plan = serializers.ChoiceField(choices=SOLD)
    payment_method_id = serializers.RegexField(
        r"^pm_[A-Za-z0-9_]+$",
        required=False,
        allow_blank=True,
        allow_null=True,
        max_length=255,
        help_text="A payment method made by Stripe.js. Without it the page confirms the first payment itself.",
    )
    promotion_code = serializers.RegexField(
        r"^[A-Za-z0-9_-]+$",
        required=False,
        allow_blank=True,
        allow_null=True,
        max_length=100,
        help_text="The code as the customer entered it.",
    )
    trial = serializers.BooleanField(
        required=False, default=True, help_text="False to be charged at once although a trial could be had."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "quantity" in self.initial_data:
            raise serializers.ValidationError({"quantity": ["A plan is for one person and has no quantity."]})
        return attrs


class NewSubscriptionSerializer(serializers.Serializer[Any]):
    message = serializers.CharField()
    subscription_id = serializers.UUIDField()
    client_secret = serializers.CharField(
        allow_null=True, help_text="For Stripe.js, while a payment or a card is to be confirmed."
    )
    client_secret_type = serializers.ChoiceField(
        choices=["payment_intent", "setup_intent"],
        allow_null=True,
        help_text="Which call of Stripe.js takes the secret: confirmPayment or confirmSetup.",
    )
    trial_days = serializers.IntegerField(help_text="How long the trial is; 0 without one.")
    status = serializers.CharField(help_text="Stripe's word, such as active or incomplete.")


class SubscriptionSerializer(serializers.ModelSerializer[Subscription]):
    plan = serializers.ChoiceField(choices=SOLD, source="shown_plan")
    amount = serializers.SerializerMethodField(help_text="A period's price in major units.")
    ends_at = serializers.DateTimeField(allow_null=True, help_text="When it ends or ended; null while it renews.")
    pending_plan = serializers.SerializerMethodField(help_text="The plan whose payment is still to be confirmed.")
    scheduled_plan = serializers.SerializerMethodField(help_text="The plan from `scheduled_at` on.")

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
            "pending_plan",
            "pending_expires_at",
            "scheduled_plan",
            "scheduled_at",
            "paused_at",
            "resumes_at",
        )
        read_only_fields = fields

    def get_amount(self, row: Subscription) -> str:
        return to_decimal_string(row.amount, row.currency)

    def get_pending_plan(self, row: Subscription) -> str | None:
        return row.pending_plan or None

    def get_scheduled_plan(self, row: Subscription) -> str | None:
        return row.scheduled_plan or None


class SubscriptionStatusSerializer(serializers.Serializer[Any]):
    has_subscription = serializers.BooleanField()
    subscription = SubscriptionSerializer(allow_null=True)
    trial_days = serializers.DictField(
        child=serializers.IntegerField(), help_text="How many days of trial each plan would start with for this person."
    )
