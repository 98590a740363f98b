"""Pictures, for browsers. A CDN or the storage itself may stand in the place of this: see MEDIA_URL."""

import re

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from numerai.common.errors import MethodNotAllowed
from numerai.common.http.problem import problem_response

NAME = re.compile(r"[A-Za-z0-9_-]{43}\.webp")
# A name never gets other content. What stands between us and the browser forgets sooner, for the sake of erasure.
CACHED = "public, max-age=2592000, s-maxage=86400, immutable"


@csrf_exempt
def picture(request: HttpRequest, name: str) -> HttpResponseBase:
    """Whoever knows the name, which is 256 random bits, sees the picture."""
    if request.method not in {"GET", "HEAD"}:
        return problem_response(MethodNotAllowed(), request)
    if not NAME.fullmatch(name):
        raise Http404
    try:
        content = default_storage.open(f"pictures/{name}")
    except FileNotFoundError:
        raise Http404 from None
    return FileResponse(
        content,
        content_type="image/webp",
        headers={
            "Cache-Control": CACHED,
            "Content-Disposition": "inline",
            # The website that shows it is at another origin.
            "Cross-Origin-Resource-Policy": "cross-origin",
        },
    )
