"""Customers: who pays."""

from __future__ import annotations

from lumbung.local_stripe.errors import Refused
from lumbung.local_stripe.events import emit
from lumbung.local_stripe.expanding import page
from lumbung.local_stripe.parameters import (
    LISTING,
    Fields,
    list_of,
    merge_metadata,
    metadata,
    moment_range,
    nested,
    one_of,
    text,
    unsettable,
)
from lumbung.local_stripe.world import Json, World

address = nested(
    city=unsettable, country=unsettable, line1=unsettable, line2=unsettable, postal_code=unsettable, state=unsettable
)
CREATE: Fields = {
    "name": unsettable,
    "email": unsettable,
    "phone": unsettable,
    "description": unsettable,
    "metadata": metadata,
    "address": address,
    "preferred_locales": list_of(text),
    "tax_exempt": one_of("exempt", "none", "reverse"),
}
LIST: Fields = {**LISTING, "email": text, "created": moment_range}
_LONGEST_EMAIL = 512


def create(world: World, params: Json) -> Json:
    """POST /v1/customers."""
    _check_email(params)
    customer = world.add(
        "customer",
        {
            "address": None,
            "balance": 0,
            "currency": None,
            "default_source": None,
            "delinquent": False,
            "description": None,
            "email": None,
            "invoice_prefix": f"TIRUAN{len(world.table('customer')) + 1:04d}",
            "invoice_settings": {
                "custom_fields": None,
                "default_payment_method": None,
                "footer": None,
                "rendering_options": None,
            },
            "metadata": {},
            "name": None,
            "next_invoice_sequence": 1,
            "phone": None,
            "preferred_locales": [],
            "shipping": None,
            "tax_exempt": "none",
            "test_clock": None,
        }
        | params,
    )
    emit(world, "customer.created", customer)
    return customer


def update(world: World, params: Json, ident: str) -> Json:
    """POST /v1/customers/:id."""
    customer = get(world, params, ident)
    if customer.get("deleted"):
        raise Refused(f"No such customer: '{ident}'", code="resource_missing", param="id", status=404)
    _check_email(params)
    given = dict(params)
    if "metadata" in given:
        given["metadata"] = merge_metadata(customer["metadata"], given["metadata"])
    previous = {name: customer.get(name) for name, value in given.items() if customer.get(name) != value}
    customer.update(given)
    world.changed()
    if previous:
        emit(world, "customer.updated", customer, previous=previous)
    return customer


def get(world: World, _params: Json, ident: str) -> Json:
    """GET /v1/customers/:id."""
    return world.get("customer", ident)


def list_customers(world: World, params: Json) -> Json:
    """GET /v1/customers."""
    wanted = {"email": params["email"]} if "email" in params else {}
    return page(world, world.where("customer", **wanted), params, path="/v1/customers")


def _check_email(params: Json) -> None:
    email = params.get("email")
    if email is not None and ("@" not in email or len(email) > _LONGEST_EMAIL):
        raise Refused(f"Invalid email address: {email}", code="email_invalid", param="email")
