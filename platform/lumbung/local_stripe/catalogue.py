"""Products and prices."""

from __future__ import annotations

from lumbung.local_stripe.errors import Refused, missing_parameter
from lumbung.local_stripe.events import emit
from lumbung.local_stripe.expanding import page
from lumbung.local_stripe.parameters import (
    LISTING,
    Fields,
    Required,
    boolean,
    currency,
    list_of,
    merge_metadata,
    metadata,
    moment_range,
    nested,
    not_negative,
    one_of,
    positive,
    text,
    unsettable,
    url,
)
from lumbung.local_stripe.world import MOST_AMOUNT, Json, World

_PRODUCT: Fields = {
    "name": Required(text),
    "description": unsettable,
    "metadata": metadata,
    "images": list_of(url),
    "tax_code": text,
    "unit_label": unsettable,
}
PRODUCT_CREATE: Fields = {**_PRODUCT, "id": text, "active": boolean, "url": url, "statement_descriptor": text}
PRODUCT_UPDATE: Fields = {**PRODUCT_CREATE, "name": text}
PRODUCT_LIST: Fields = {**LISTING, "active": boolean, "ids": list_of(text), "created": moment_range}

interval = one_of("day", "month", "week", "year")
recurring = nested(interval=Required(interval), interval_count=positive, usage_type=one_of("licensed"))
recurring_in_place = nested(interval=Required(interval), interval_count=positive)
product_data = nested(**_PRODUCT)
PRICE_CREATE: Fields = {
    "currency": Required(currency),
    "unit_amount": Required(not_negative),
    "product": text,
    "product_data": nested(
        name=Required(text),
        id=text,
        active=boolean,
        metadata=metadata,
        statement_descriptor=text,
        tax_code=text,
        unit_label=text,
    ),
    "recurring": recurring,
    "nickname": text,
    "metadata": metadata,
    "active": boolean,
    "lookup_key": text,
    "tax_behavior": one_of("exclusive", "inclusive", "unspecified"),
}
PRICE_UPDATE: Fields = {"active": boolean, "metadata": metadata, "nickname": unsettable, "lookup_key": text}
PRICE_LIST: Fields = {
    **LISTING,
    "active": boolean,
    "product": text,
    "type": one_of("one_time", "recurring"),
    "currency": currency,
    "lookup_keys": list_of(text),
    "created": moment_range,
}


def create_product(world: World, params: Json) -> Json:
    """POST /v1/products."""
    fields = dict(params)
    ident = fields.pop("id", None)
    if ident in world.table("product"):
        raise Refused("Product already exists.", code="resource_already_exists", param="id")
    product = world.add(
        "product",
        {
            "active": True,
            "default_price": None,
            "description": None,
            "images": [],
            "marketing_features": [],
            "metadata": {},
            "package_dimensions": None,
            "shippable": None,
            "statement_descriptor": None,
            "tax_code": None,
            "type": "service",
            "unit_label": None,
            "updated": world.now(),
            "url": None,
        }
        | fields,
        ident=ident,
    )
    emit(world, "product.created", product)
    return product


def update_product(world: World, params: Json, ident: str) -> Json:
    """POST /v1/products/:id."""
    return _update(world, params, world.get("product", ident), also={"updated": world.now()})


def get_product(world: World, _params: Json, ident: str) -> Json:
    """GET /v1/products/:id."""
    return world.get("product", ident)


def list_products(world: World, params: Json) -> Json:
    """GET /v1/products."""
    wanted = {"active": params["active"]} if "active" in params else {}
    found = (one for one in world.where("product", **wanted) if one["id"] in params.get("ids", [one["id"]]))
    return page(world, found, params, path="/v1/products")


def create_price(world: World, params: Json) -> Json:
    """POST /v1/prices."""
    price = make_price(world, params, param="")
    emit(world, "price.created", price)
    return price


def make_price(world: World, params: Json, *, param: str, active: bool = True) -> Json:
    """A price from `price_data` or from the parameters of a price. Raises `Refused` when the product is not clear."""
    if ("product" in params) == ("product_data" in params):
        raise missing_parameter(f"{param}[product]" if param else "product")
    if params["unit_amount"] > MOST_AMOUNT:
        raise Refused("Amount is too large.", code="amount_too_large", param=f"{param}[unit_amount]")
    if "product" in params:
        product = world.named("product", params["product"], f"{param}[product]" if param else "product")
    else:
        product = create_product(world, params["product_data"])
    every = params.get("recurring")
    return world.add(
        "price",
        {
            "active": params.get("active", active),
            "billing_scheme": "per_unit",
            "currency": params["currency"],
            "custom_unit_amount": None,
            "lookup_key": params.get("lookup_key"),
            "metadata": params.get("metadata", {}),
            "nickname": params.get("nickname"),
            "product": product["id"],
            "recurring": every
            and {
                "interval": every["interval"],
                "interval_count": every.get("interval_count", 1),
                "meter": None,
                "trial_period_days": None,
                "usage_type": "licensed",
            },
            "tax_behavior": params.get("tax_behavior", "unspecified"),
            "tiers_mode": None,
            "transform_quantity": None,
            "type": "recurring" if every else "one_time",
            "unit_amount": params["unit_amount"],
            "unit_amount_decimal": str(params["unit_amount"]),
        },
    )


def update_price(world: World, params: Json, ident: str) -> Json:
    """POST /v1/prices/:id."""
    return _update(world, params, world.get("price", ident))


def get_price(world: World, _params: Json, ident: str) -> Json:
    """GET /v1/prices/:id."""
    return world.get("price", ident)


def list_prices(world: World, params: Json) -> Json:
    """GET /v1/prices."""
    wanted = {name: params[name] for name in ("active", "product", "type", "currency") if name in params}
    keys = params.get("lookup_keys")
    found = (one for one in world.where("price", **wanted) if keys is None or one["lookup_key"] in keys)
    return page(world, found, params, path="/v1/prices")


def _update(world: World, params: Json, found: Json, also: Json | None = None) -> Json:
    given = dict(params)
    if "metadata" in given:
        given["metadata"] = merge_metadata(found["metadata"], given["metadata"])
    previous = {name: found[name] for name, value in given.items() if found[name] != value}
    found.update(given | (also or {}))
    world.changed()
    if previous:
        emit(world, f"{found['object']}.updated", found, previous=previous)
    return found
