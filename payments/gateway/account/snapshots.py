from dataclasses import dataclass
from typing import Any

from payments.gateway.snapshots.reading import Fields, reference


@dataclass(frozen=True)
class ProductView:
    id: str
    name: str
    description: str
    is_active: bool
    default_price_id: str


@dataclass(frozen=True)
class PriceView:
    """``amount`` in minor units for each ``interval_count`` intervals; ``interval`` is "" for what is paid once.
    ``is_product_active`` is only known of a price that was fetched by itself, else taken for granted."""

    id: str
    livemode: bool
    is_active: bool
    is_product_active: bool
    product_id: str
    amount: int
    currency: str
    interval: str
    interval_count: int
    lookup_key: str


@dataclass(frozen=True)
class EndpointView:
    """``secret`` is only answered when the endpoint is made."""

    id: str
    url: str
    livemode: bool
    is_enabled: bool
    api_version: str
    events: tuple[str, ...]
    secret: str


@dataclass(frozen=True)
class PortalView:
    """``features`` is what customers may do there, by Stripe's own names."""

    id: str
    purpose: str
    is_active: bool
    features: dict[str, Any]
    return_url: str


def product_view(fields: Fields) -> ProductView:
    return ProductView(
        id=fields["id"],
        name=fields["name"],
        description=fields["description"] or "",
        is_active=fields["active"],
        default_price_id=reference(fields["default_price"]),
    )


def price_view(fields: Fields) -> PriceView:
    recurring = fields["recurring"] or {"interval": "", "interval_count": 1}
    return PriceView(
        id=fields["id"],
        livemode=fields["livemode"],
        is_active=fields["active"],
        is_product_active=not isinstance(fields["product"], dict) or fields["product"].get("active", False),
        product_id=reference(fields["product"]),
        amount=fields["unit_amount"] or 0,
        currency=fields["currency"],
        interval=recurring["interval"],
        interval_count=recurring["interval_count"],
        lookup_key=fields["lookup_key"] or "",
    )


def endpoint_view(fields: Fields) -> EndpointView:
    return EndpointView(
        id=fields["id"],
        url=fields["url"],
        livemode=fields["livemode"],
        is_enabled=fields["status"] == "enabled",
        api_version=fields["api_version"] or "",
        events=tuple(sorted(fields["enabled_events"])),
        secret=fields.get("secret") or "",
    )


def portal_view(fields: Fields) -> PortalView:
    return PortalView(
        id=fields["id"],
        purpose=(fields["metadata"] or {}).get("purpose", ""),
        is_active=fields["active"],
        features=fields["features"],
        return_url=fields["default_return_url"] or "",
    )
