"""Products."""

from dev.local_stripe.api.changes import set_fields, set_metadata
from dev.local_stripe.api.listing import LIST_PARAMS, matches, page
from dev.local_stripe.api.routes import Call, Resource, Route
from dev.local_stripe.world.storage import Document
from dev.local_stripe.world.world import World

FIELDS = "active description images name shippable statement_descriptor unit_label url"


def new_product(world: World, **fields: object) -> Document:
    return {
        "id": world.new_id("prod"),
        "object": "product",
        "active": True,
        "created": world.now(),
        "default_price": None,
        "description": None,
        "images": [],
        "livemode": False,
        "marketing_features": [],
        "metadata": {},
        "package_dimensions": None,
        "shippable": None,
        "statement_descriptor": None,
        "tax_code": None,
        "tax_details": None,
        "type": "service",
        "unit_label": None,
        "updated": world.now(),
        "url": None,
        **fields,
    }


def create(world: World, call: Call) -> Document:
    product = new_product(world)
    if "id" in call.params:
        product["id"] = call.params["id"]
    set_fields(product, call.params, FIELDS)
    set_metadata(product, call.params)
    return world.render("product", world.put("product", product, "product.created"))


def retrieve(world: World, call: Call) -> Document:
    return world.render("product", world.get("product", call.id))


def update(world: World, call: Call) -> Document:
    product = world.get("product", call.id)
    set_fields(product, call.params, FIELDS)
    set_metadata(product, call.params)
    if "default_price" in call.params:
        product["default_price"] = world.refer("price", call.params["default_price"], "default_price")["id"]
    product["updated"] = world.now()
    return world.render("product", world.put("product", product, "product.updated"))


def list_products(world: World, call: Call) -> Document:
    def keep(product: Document) -> bool:
        ids = call.params.get("ids")
        return matches(product, call.params, "active") and (ids is None or product["id"] in ids)

    return page(world, call, "product", "/v1/products", keep)


RESOURCE = Resource(
    kind="product",
    routes=(
        Route("POST", "/v1/products", create, "ProductCreateParams", f"id metadata {FIELDS}"),
        Route("GET", "/v1/products", list_products, "ProductListParams", f"active ids created {LIST_PARAMS}"),
        Route("GET", "/v1/products/{id}", retrieve, "ProductRetrieveParams"),
        Route(
            "POST",
            "/v1/products/{id}",
            update,
            "ProductUpdateParams",
            f"metadata default_price {FIELDS}",
        ),
    ),
)
