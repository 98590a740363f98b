"""Which part of the server answers a request."""

import json
import traceback
from typing import Any

from dev.local_stripe.api.application import Application, Request, Response
from dev.local_stripe.api.errors import StripeError
from dev.local_stripe.api.forms import decode
from dev.local_stripe.web.control import Control
from dev.local_stripe.web.pages import Pages


class LocalSite:
    def __init__(self, application: Application, control: Control, pages: Pages) -> None:
        self._application = application
        self._control = control
        self._pages = pages

    def respond(self, method: str, path: str, query: str, headers: Any, body: str) -> Response:
        try:
            if path.startswith(("/v1/", "/v2/")):
                request = Request(
                    method=method,
                    path=path,
                    form=decode("&".join(part for part in (query, body) if part)),
                    authorization=headers.get("Authorization"),
                    version=headers.get("Stripe-Version"),
                    idempotency_key=headers.get("Idempotency-Key"),
                )
                return self._application.handle(request)
            if path.startswith("/_local/"):
                return self._control.respond(method, path.removeprefix("/_local/"), body)
            return self._pages.respond(method, path, body)
        except StripeError as error:
            return Response(error.status, json.dumps(error.body).encode())
        except Exception as error:
            traceback.print_exc()
            failure = StripeError(500, f"The local Stripe failed: {error!r}", kind="api_error")
            return Response(500, json.dumps(failure.body).encode())
