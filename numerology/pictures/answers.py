"""Pictures and what is beside them, over HTTP: for one reader alone, and not sent twice."""

import json
from hashlib import sha256
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response, patch_vary_headers
from rest_framework.request import Request
from rest_framework.response import Response

SVG = "image/svg+xml"
# A picture has a style sheet inside it and nothing outside.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
# A browser asks whether anything has changed: today's numbers are not tomorrow's.
CACHED = "private, no-cache"


def svg(request: Request, document: str, *, name: str) -> HttpResponseBase:
    """The picture, or a 304 for whoever has it. ``name`` is what it is called when it is saved."""
    body = document.encode()
    answer = _fresh(request, body) or HttpResponse(body, content_type=f"{SVG}; charset=utf-8")
    answer["Content-Security-Policy"] = POLICY
    answer["Content-Disposition"] = f'inline; filename="{name}.svg"'
    return _labelled(answer, body)


def beside(request: Request, values: Any) -> HttpResponseBase:
    """What a picture shows, in JSON, or a 304 for whoever has it."""
    body = json.dumps(values, sort_keys=True).encode()
    return _labelled(_fresh(request, body) or Response(values), body)


def _fresh(request: Request, body: bytes) -> HttpResponseBase | None:
    return get_conditional_response(request._request, etag=_tag(body))


def _labelled(answer: HttpResponseBase, body: bytes) -> HttpResponseBase:
    answer["ETag"], answer["Cache-Control"] = _tag(body), CACHED
    patch_vary_headers(answer, ["Authorization"])
    return answer


def _tag(body: bytes) -> str:
    return f'"{sha256(body).hexdigest()[:32]}"'
