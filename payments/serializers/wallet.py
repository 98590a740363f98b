from typing import Any

from rest_framework import serializers

from numerai.common.http.strict import StrictSerializer

PAYMENT_METHOD_ID = r"^pm_[A-Za-z0-9_]+$"


class PaymentMethodPathSerializer(serializers.Serializer[Any]):
    payment_method_id = serializers.RegexField(PAYMENT_METHOD_ID, max_length=255)


class PaymentMethodSerializer(serializers.Serializer[Any]):
    id = serializers.CharField(help_text="Stripe's id.")
    brand = serializers.CharField(help_text="Such as visa; of what is no card, its type.")
    last4 = serializers.CharField(allow_blank=True)
    exp_month = serializers.IntegerField(allow_null=True)
    exp_year = serializers.IntegerField(allow_null=True)
    is_default = serializers.BooleanField(help_text="Whether bills are charged to it.")


class NewPaymentMethodSerializer(serializers.Serializer[Any]):
    client_secret = serializers.CharField(help_text="For Stripe.js: confirmSetup saves the card.")
    setup_intent_id = serializers.CharField()


class DefaultPaymentMethodSerializer(serializers.Serializer[Any]):
    payment_method_id = serializers.CharField()
    open_invoice = serializers.ChoiceField(
        choices=["paid", "declined", "action_required", "processing"],
        allow_null=True,
        help_text="What became of a bill that was owed; null when nothing was.",
    )
    invoice_url = serializers.URLField(allow_null=True, help_text="Where the bill can be paid by hand.")


class PortalRequestSerializer(StrictSerializer):
    return_url = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=2000,
        help_text="Where the portal leads back to: an address of the frontend. Its billing page by default.",
    )


class PortalSessionSerializer(serializers.Serializer[Any]):
    url = serializers.URLField()
