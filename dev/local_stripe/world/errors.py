"""Errors in Stripe's shape."""

from typing import Any

NAMES = {
    "payment_method": "PaymentMethod",
    "balance_transaction": "balance transaction",
    "promotion_code": "promotion code",
}


class StripeError(Exception):
    """An answer other than 200. `keep` says that what was done before it stands."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        kind: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        keep: bool = False,
        **details: Any,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.keep = keep
        fields = {"type": kind, "message": message, "code": code, "param": param, **details}
        self.body = {"error": {name: value for name, value in fields.items() if value is not None}}
        if code is not None:
            self.body["error"]["doc_url"] = f"https://stripe.com/docs/error-codes/{code.replace('_', '-')}"


def invalid(message: str, *, param: str | None = None, code: str | None = None) -> StripeError:
    return StripeError(400, message, param=param, code=code)


def missing(param: str) -> StripeError:
    return invalid(f"Missing required param: {param}.", param=param, code="parameter_missing")


def no_such(kind: str, identifier: str, *, status: int, param: str = "id") -> StripeError:
    name = NAMES.get(kind, kind)
    return StripeError(status, f"No such {name}: '{identifier}'", code="resource_missing", param=param)


def needs_action(code: str, *, keep: bool) -> StripeError:
    message = "This payment requires additional user action before it can be completed successfully."
    return StripeError(402, message, kind="card_error", code=code, keep=keep)


def card_error(failure: dict[str, Any], *, keep: bool, **details: Any) -> StripeError:
    """402 for a declined card. `failure` holds code, message and perhaps decline_code."""
    return StripeError(
        402,
        failure["message"],
        kind="card_error",
        code=failure["code"],
        keep=keep,
        decline_code=failure.get("decline_code"),
        **details,
    )
