from typing import Any

from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiYamlRenderer
from drf_spectacular.utils import OpenApiExample, extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework import serializers
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView


class HealthSerializer(serializers.Serializer[Any]):
    status = serializers.CharField()


class HealthView(APIView):
    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(
        summary="Liveness",
        description="Answers as long as the process runs; see /readyz for what it depends on.",
        responses={200: HealthSerializer},
        examples=[OpenApiExample("alive", value={"status": "ok"}, response_only=True)],
        auth=[],
    )
    def get(self, request: Request) -> Response:
        return Response({"status": "ok"})


class SchemaView(SpectacularAPIView):
    """The schema is the one document served in two media types."""

    content_negotiation_class = DefaultContentNegotiation
    renderer_classes = [OpenApiYamlRenderer, OpenApiJsonRenderer]
