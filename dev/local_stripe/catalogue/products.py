"""Products."""

from dev.local_stripe.api.changes import set_fields
from dev.local_stripe.api.contract import Params
from dev.local_stripe.api.errors import invalid
from dev.local_stripe.api.routes import Call, Resource
from dev.local_stripe.world.storage import Document
from dev.local_stripe.world.world import World

FIELDS = "active description images metadata name shippable statement_descriptor unit_label url"

RESOURCE = Resource("product", "/v1/products")
RESOURCE.readable("ProductRetrieveParams")


def new_product(world: World, name: str) -> Document:
    return world.new("product", "prod", active=True, name=name, type="service", updated=world.now())


@RESOURCE.on("POST", "", "ProductCreateParams", f"id {FIELDS}")
def create(world: World, call: Call) -> Document:
    product = new_product(world, call.params["name"])
    product["id"] = call.params.get("id", product["id"])
    set_fields(product, call.params, FIELDS)
    return world.put("product", product, "product.created")


@RESOURCE.on("POST", "/{id}", "ProductUpdateParams", f"default_price {FIELDS}")
def update(world: World, call: Call) -> Document:
    product = world.living("product", call.id) | {"updated": world.now()}
    set_fields(product, call.params, FIELDS)
    if "default_price" in call.params:
        product["default_price"] = world.refer("price", call.params["default_price"], "default_price")["id"]
    return world.put("product", product, "product.updated")


@RESOURCE.on("DELETE", "/{id}", "ProductDeleteParams")
def delete(world: World, call: Call) -> Document:
    product = world.living("product", call.id)
    if any(price["product"] == call.id for price in world.all("price")):
        raise invalid("This product cannot be deleted because it has one or more user-created prices.")
    world.put("product", product | {"_deleted": True}, "product.deleted")
    return {"id": call.id, "object": "product", "deleted": True}


def _keep(world: World, product: Document, params: Params) -> bool:
    return product["id"] in params.get("ids", [product["id"]])


RESOURCE.listable("ProductListParams", "active", "ids", _keep)
