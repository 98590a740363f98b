from payments.gateway.account.snapshots import PriceView, ProductView, price_view, product_view
from payments.gateway.connection.client import refuse_empty, stripe_client


def fetch_price(price_id: str) -> PriceView:
    """Raises ObjectMissing."""
    refuse_empty(price_id)
    with stripe_client() as client:
        return price_view(client.v1.prices.retrieve(price_id, {"expand": ["product"]}).to_dict())


def price_of_lookup_key(lookup_key: str) -> PriceView | None:
    """The price that may be bought under this name, None when there is none."""
    with stripe_client() as client:
        found = client.v1.prices.list({"lookup_keys": [lookup_key], "active": True, "limit": 1})
    return next((price_view(price.to_dict()) for price in found.data), None)


def create_monthly_price(*, key: str, product_id: str, amount: int, currency: str, lookup_key: str) -> PriceView:
    """A price by the month, in minor units, which takes the lookup key over from whichever price had it."""
    with stripe_client() as client:
        price = client.v1.prices.create(
            {
                "product": product_id,
                "unit_amount": amount,
                "currency": currency,
                "recurring": {"interval": "month"},
                "lookup_key": lookup_key,
                "transfer_lookup_key": True,
            },
            {"idempotency_key": key},
        )
    return price_view(price.to_dict())


def name_price(*, key: str, price_id: str, lookup_key: str) -> None:
    """Give the price the lookup key, whichever other one had it."""
    with stripe_client() as client:
        client.v1.prices.update(
            price_id, {"lookup_key": lookup_key, "transfer_lookup_key": True}, {"idempotency_key": key}
        )


def archive_price(*, key: str, price_id: str) -> None:
    """Nobody can buy at it any more; whoever has bought goes on paying it."""
    with stripe_client() as client:
        client.v1.prices.update(price_id, {"active": False}, {"idempotency_key": key})


def fetch_product(product_id: str) -> ProductView:
    """Raises ObjectMissing."""
    refuse_empty(product_id)
    with stripe_client() as client:
        return product_view(client.v1.products.retrieve(product_id).to_dict())


def create_product(*, key: str, product_id: str, name: str, description: str) -> ProductView:
    with stripe_client() as client:
        product = client.v1.products.create(
            {"id": product_id, "name": name, "description": description}, {"idempotency_key": key}
        )
    return product_view(product.to_dict())


def update_product(*, key: str, product_id: str, name: str, description: str) -> None:
    """Name and describe it, and have it for sale."""
    with stripe_client() as client:
        client.v1.products.update(
            product_id, {"name": name, "description": description, "active": True}, {"idempotency_key": key}
        )


def set_default_price(*, key: str, product_id: str, price_id: str) -> None:
    with stripe_client() as client:
        client.v1.products.update(product_id, {"default_price": price_id}, {"idempotency_key": key})
