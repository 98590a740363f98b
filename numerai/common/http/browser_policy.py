from collections.abc import Callable

from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from csp.utils import DIRECTIVES_T, build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponse

GetResponse = Callable[[HttpRequest], HttpResponse]

# What is data for programs may load, run and frame nothing at all, should a browser ever be made to show it.
OF_DATA: DIRECTIVES_T = {
    "default-src": [NONE],
    "frame-ancestors": [NONE],
    "base-uri": [NONE],
    "form-action": [NONE],
}
OF_PAGES: DIRECTIVES_T = {
    "default-src": [SELF],
    "script-src": [SELF],
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [SELF, "data:"],
    "object-src": [NONE],
    "frame-ancestors": [NONE],
    "base-uri": [NONE],
    "form-action": [SELF],
}
# The admin's theme reads expressions from attributes, which its script has to evaluate.
OF_ADMIN: DIRECTIVES_T = OF_PAGES | {"script-src": [SELF, UNSAFE_EVAL]}
POWERS = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


class BrowserPolicyMiddleware:
    """Tells browsers what a page of ours may do: for the API nothing, for the admin and the documentation what they
    load from here. A view that has set a policy of its own keeps it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.of_data = _policy(OF_DATA)
        self.of_pages = {
            f"/{settings.ADMIN_PATH}": _policy(OF_ADMIN),
            "/api/docs/": _policy(OF_PAGES),
        }

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", self._policy_for(request.path_info))
        response.headers.setdefault("Permissions-Policy", POWERS)
        return response

    def _policy_for(self, path: str) -> str:
        for prefix, policy in self.of_pages.items():
            if path.startswith(prefix):
                return policy
        return self.of_data


def _policy(directives: DIRECTIVES_T) -> str:
    return str(build_policy(config=directives))
