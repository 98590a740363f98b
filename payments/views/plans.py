import hashlib
import json
from typing import Any

from django.http import HttpResponseBase
from django.utils.cache import get_conditional_response, patch_vary_headers
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from payments import entitlements
from payments.selectors.plans import plans, products
from payments.serializers.plans import PlansSerializer, ProductsSerializer

FOR_ALL = "public, max-age=300"
FOR_ONE = "private, no-cache"

PLAN_EXAMPLE: dict[str, Any] = {
    "code": "premium",
    "name": "Premium",
    "description": "You and those you love: compatibility, remedies and reports to keep.",
    "price": "19.99",
    "amount": 1999,
    "currency": "usd",
    "interval": "month",
    "trial_days": 0,
    "features": [{"code": "pdf_export", "sentence": "Reports as PDF", "is_new": True}],
    "limits": [
        {
            "code": "chat_messages_a_day",
            "granted": None,
            "sentence": "As many AI chat messages as you like",
        }
    ],
    "is_current": None,
}
PRODUCT_EXAMPLE: dict[str, Any] = {
    "kind": "consultations.session",
    "description": "An hour with an expert",
    "price": "80.00",
    "amount": 8000,
    "currency": "usd",
    "per_person": None,
}


class PlansView(APIView):
    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="payments_plans",
        summary="What the plans cost and unlock",
        description="For everybody, signed in or not, from the lowest plan on. Comes with an `ETag`: a request with "
        "`If-None-Match` is a 304 while nothing has changed.",
        responses={200: PlansSerializer},
        examples=[OpenApiExample("one of them", value={"plans": [PLAN_EXAMPLE]}, response_only=True)],
    )
    def get(self, request: Request) -> HttpResponseBase:
        person = request.user if isinstance(request.user, User) else None
        current = entitlements.plan_of(person) if person else None
        return _fresh_or_not(request, {"plans": plans(current)}, FOR_ONE if person else FOR_ALL)


class ProductsView(APIView):
    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="payments_products",
        summary="What can be bought once",
        description="For everybody. What depends on the thing that is chosen is null and told when it is bought.",
        responses={200: ProductsSerializer},
        examples=[OpenApiExample("one of them", value={"products": [PRODUCT_EXAMPLE]}, response_only=True)],
    )
    def get(self, request: Request) -> HttpResponseBase:
        return _fresh_or_not(request, {"products": products()}, FOR_ALL)


def _fresh_or_not(request: Request, body: dict[str, Any], cached: str) -> HttpResponseBase:
    """The body with its validator, or a 304 for whoever has it already."""
    tag = f'"{hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()[:32]}"'
    answer = get_conditional_response(request._request, etag=tag) or Response(body)
    answer["ETag"], answer["Cache-Control"] = tag, cached
    patch_vary_headers(answer, ["Authorization"])
    return answer
