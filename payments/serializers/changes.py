from datetime import datetime, timedelta
from typing import Any

from rest_framework import serializers

from numerai.common import clock
from numerai.common.http.strict import StrictSerializer
from payments.gateway import LineView
from payments.money import to_decimal_string
from payments.serializers.subscriptions import SOLD, SubscriptionSerializer
from payments.services.subscriptions.answers import Answer
from payments.services.subscriptions.previews import ChangePreview

LONGEST_PAUSE = timedelta(days=366)
FEEDBACK = (
    "customer_service",
    "low_quality",
    "missing_features",
    "other",
    "switched_service",
    "too_complex",
    "too_expensive",
    "unused",
)


class WithoutQuantity(StrictSerializer):
    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "quantity" in self.initial_data:
            raise serializers.ValidationError({"quantity": ["A plan is for one person and has no quantity."]})
        return attrs


class PreviewChangeRequestSerializer(WithoutQuantity):
    plan = serializers.ChoiceField(choices=SOLD)
    proration_date = serializers.DateTimeField(
        required=False, allow_null=True, help_text="The moment to reckon from; now without one."
    )
    promotion_code = serializers.CharField(
        required=False, allow_blank=True, allow_null=True, max_length=100, help_text="As the customer enters it."
    )


class UpdateSubscriptionRequestSerializer(WithoutQuantity):
    plan = serializers.ChoiceField(choices=SOLD, required=False)
    cancel_at_period_end = serializers.BooleanField(required=False, allow_null=True, default=None)
    proration_date = serializers.DateTimeField(
        required=False, allow_null=True, help_text="From the preview, so that the change costs what it showed."
    )
    promotion_code = serializers.CharField(
        required=False,
        allow_blank=True,
        allow_null=True,
        max_length=100,
        help_text="As the customer enters it.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        plan, at_end = attrs.get("plan"), attrs["cancel_at_period_end"]
        wrong: dict[str, list[str]] = {}
        if plan is None and at_end is None and not attrs.get("promotion_code"):
            wrong["plan"] = ["Say what to change: plan, cancel_at_period_end or promotion_code."]
        if at_end and (plan is not None or attrs.get("promotion_code")):
            wrong["cancel_at_period_end"] = ["A subscription is either changed or cancelled."]
        if at_end is False and plan is None and attrs.get("promotion_code"):
            wrong["promotion_code"] = ["A code goes with a plan, or alone."]
        if plan is None and attrs.get("proration_date"):
            wrong["proration_date"] = ["This belongs to a change of plan."]
        if wrong:
            raise serializers.ValidationError(wrong)
        return attrs


class CancelSubscriptionRequestSerializer(StrictSerializer):
    when = serializers.ChoiceField(choices=["period_end", "now"], required=False, default="period_end")
    refund = serializers.BooleanField(
        required=False, default=False, help_text="Give unused time back to the card, where the house offers it."
    )
    feedback = serializers.ChoiceField(choices=FEEDBACK, required=False, allow_blank=True, allow_null=True)
    comment = serializers.CharField(required=False, allow_blank=True, allow_null=True, max_length=500)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["refund"] and attrs["when"] != "now":
            raise serializers.ValidationError({"refund": ["Only what ends now leaves unused time."]})
        return attrs


class PauseSubscriptionRequestSerializer(StrictSerializer):
    resumes_at = serializers.DateTimeField(
        required=False, allow_null=True, help_text="When the pause ends by itself; within a year."
    )

    def validate_resumes_at(self, value: datetime | None) -> datetime | None:
        if value is not None and not clock.now() < value <= clock.now() + LONGEST_PAUSE:
            raise serializers.ValidationError("Choose a day within the next year.")
        return value


class ChangedSubscriptionSerializer(serializers.Serializer[Any]):
    message = serializers.CharField()
    subscription = SubscriptionSerializer()
    client_secret = serializers.CharField(
        allow_null=True, help_text="For Stripe.js, while the payment of the change is to be confirmed."
    )


class PreviewLineSerializer(serializers.Serializer[Any]):
    description = serializers.CharField()
    amount = serializers.CharField(help_text="In major units; negative for what is given back.")
    is_proration = serializers.BooleanField(help_text="Part of a period.")
    period_start = serializers.DateTimeField()
    period_end = serializers.DateTimeField()


class ChangePreviewSerializer(serializers.Serializer[Any]):
    plan = serializers.ChoiceField(choices=SOLD)
    is_immediate = serializers.BooleanField()
    takes_effect_at = serializers.DateTimeField()
    proration_date = serializers.DateTimeField(
        allow_null=True, help_text="Send it back with the change; null when nothing is prorated."
    )
    amount_due = serializers.CharField(help_text="What is charged now, in major units.")
    next_amount = serializers.CharField(help_text="The next bill after that.")
    next_payment_at = serializers.DateTimeField(allow_null=True)
    currency = serializers.CharField()
    lines = PreviewLineSerializer(many=True)


def changed(answer: Answer) -> dict[str, Any]:
    """The body of an answer about a change, with the subscription as it is now."""
    return {
        "message": answer.message,
        "subscription": SubscriptionSerializer(answer.subscription).data,
        "client_secret": answer.client_secret,
    }


def shown(preview: ChangePreview) -> dict[str, Any]:
    return dict(
        ChangePreviewSerializer(
            {
                "plan": preview.plan,
                "is_immediate": preview.is_immediate,
                "takes_effect_at": preview.takes_effect_at,
                "proration_date": preview.proration_date,
                "amount_due": to_decimal_string(preview.amount_due, preview.currency),
                "next_amount": to_decimal_string(preview.next_amount, preview.currency),
                "next_payment_at": preview.next_payment_at,
                "currency": preview.currency,
                "lines": [_line(line) for line in preview.lines],
            }
        ).data
    )


def _line(line: LineView) -> dict[str, Any]:
    return {
        "description": line.description,
        "amount": to_decimal_string(line.amount, line.currency),
        "is_proration": line.is_proration,
        "period_start": line.period_start,
        "period_end": line.period_end,
    }
