"""The shapes of what is for sale; the values are plain already."""

from typing import Any

from rest_framework import serializers

from accounts.models import Plan


class FeatureSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    sentence = serializers.CharField(help_text="For people.")
    is_new = serializers.BooleanField(help_text="Whether the plan below lacks it.")


class LimitSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    granted = serializers.IntegerField(allow_null=True, help_text="null without a limit.")
    sentence = serializers.CharField(allow_blank=True, help_text='For people; "" when the plan has none of it.')


class PlanSerializer(serializers.Serializer[Any]):
    code = serializers.ChoiceField(choices=Plan.values)
    name = serializers.CharField()
    description = serializers.CharField()
    price = serializers.CharField(help_text="In major units, such as 19.99.")
    amount = serializers.IntegerField(help_text="The same in minor units.")
    currency = serializers.CharField()
    interval = serializers.ChoiceField(choices=["month"], allow_null=True, help_text="null for what costs nothing.")
    trial_days = serializers.IntegerField(help_text="For somebody who has had no trial; 0 for none.")
    features = FeatureSerializer(many=True)
    limits = LimitSerializer(many=True)
    is_current = serializers.BooleanField(allow_null=True, help_text="null for somebody who is not signed in.")


class PlansSerializer(serializers.Serializer[Any]):
    plans = PlanSerializer(many=True)


class ProductSerializer(serializers.Serializer[Any]):
    kind = serializers.CharField(help_text="For create-payment/ and create-checkout-session/.")
    description = serializers.CharField(allow_null=True, help_text="null when it depends on what is chosen.")
    price = serializers.CharField(allow_null=True, help_text="In major units; null when it depends on what is chosen.")
    amount = serializers.IntegerField(allow_null=True, help_text="The same in minor units.")
    currency = serializers.CharField(allow_null=True)
    per_person = serializers.IntegerField(allow_null=True, help_text="How often one may have the same thing.")


class ProductsSerializer(serializers.Serializer[Any]):
    products = ProductSerializer(many=True)
