from datetime import timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiYamlRenderer
from drf_spectacular.utils import OpenApiExample, extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework import serializers
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from numerai.common import clock

# RFC 9116 wants less than a year; the answer is written anew for each request.
VALID_FOR = timedelta(days=180)


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
    """The schema is the one document served in two media types. A process writes each once: it takes half a second,
    and anybody may ask."""

    content_negotiation_class = DefaultContentNegotiation
    renderer_classes = [OpenApiYamlRenderer, OpenApiJsonRenderer]
    written: ClassVar[dict[tuple[str, str], tuple[bytes, dict[str, str]]]] = {}

    def _get_schema_response(self, request: Request) -> HttpResponse:
        renderer = request.accepted_renderer
        key = (settings.ROOT_URLCONF, renderer.format)
        if key not in self.written:
            made: Response = super()._get_schema_response(request)  # type: ignore[no-untyped-call]
            charset = f"; charset={renderer.charset}" if renderer.charset else ""
            headers = dict(made.items()) | {"Content-Type": f"{renderer.media_type}{charset}"}
            self.written[key] = renderer.render(made.data), headers  # type: ignore[assignment]
        content, headers = self.written[key]
        return HttpResponse(content, headers=headers)


@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """Where to report a weakness, as RFC 9116 words it."""
    expires = (clock.now() + VALID_FOR).replace(microsecond=0)
    lines = [f"Contact: {settings.SECURITY_CONTACT}", f"Expires: {expires.isoformat()}", "Preferred-Languages: en"]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
