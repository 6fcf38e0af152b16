"""The customer portal: what it is allowed to do, and sessions in which somebody gives another card.

As Stripe documents it, a new card becomes the customer's own and nothing else: a subscription that has a card keeps
it, and no open invoice is tried again. Whoever relies on more would find out with real money.
"""

from __future__ import annotations

from lumbung.local_stripe import cards
from lumbung.local_stripe.errors import Refused
from lumbung.local_stripe.events import emit
from lumbung.local_stripe.expanding import page
from lumbung.local_stripe.parameters import (
    LISTING,
    Fields,
    Required,
    boolean,
    list_of,
    merge_metadata,
    metadata,
    nested,
    one_of,
    text,
    unsettable,
    url,
)
from lumbung.local_stripe.world import Json, World

_switch = nested(enabled=Required(boolean))
_features = nested(
    customer_update=nested(
        enabled=Required(boolean),
        allowed_updates=list_of(one_of("address", "email", "name", "phone", "shipping", "tax_id")),
    ),
    invoice_history=_switch,
    payment_method_update=_switch,
    subscription_cancel=_switch,
    subscription_update=_switch,
)
_profile = nested(headline=unsettable, privacy_policy_url=url, terms_of_service_url=url)
CONFIGURATION_CREATE: Fields = {
    "features": Required(_features),
    "business_profile": _profile,
    "default_return_url": url,
    "login_page": _switch,
    "metadata": metadata,
    "name": unsettable,
}
CONFIGURATION_UPDATE: Fields = {"active": boolean, "metadata": metadata, "name": unsettable}
CONFIGURATION_LIST: Fields = {**LISTING, "active": boolean, "is_default": boolean}
SESSION_CREATE: Fields = {
    "customer": Required(text),
    "configuration": text,
    "flow_data": nested(
        type=Required(
            one_of(
                "customer_update",
                "payment_method_update",
                "subscription_cancel",
                "subscription_update",
                "subscription_update_confirm",
            )
        ),
        after_completion=nested(
            type=Required(one_of("hosted_confirmation", "portal_homepage", "redirect")),
            hosted_confirmation=nested(custom_message=text),
            redirect=nested(return_url=Required(url)),
        ),
    ),
    "locale": one_of("auto", "en", "en-GB", "id", "ja", "ms", "zh"),
    "return_url": url,
}
_CHANGING = ("customer_update", "subscription_cancel", "subscription_update")
_SESSION_SECONDS = 3600


def create_configuration(world: World, params: Json) -> Json:
    """POST /v1/billing_portal/configurations."""
    given = params["features"]
    for name in _CHANGING:
        if given.get(name, {}).get("enabled"):
            raise Refused("This test double's portal changes cards alone.", param=f"features[{name}][enabled]")
    if params.get("login_page", {}).get("enabled"):
        raise Refused("This test double's portal has no page to sign in on.", param="login_page[enabled]")
    enabled = {name: bool(given.get(name, {}).get("enabled")) for name in ("invoice_history", "payment_method_update")}
    profile = {"headline": None, "privacy_policy_url": None, "terms_of_service_url": None}
    return world.add(
        "billing_portal.configuration",
        {
            "active": True,
            "application": None,
            "business_profile": profile | params.get("business_profile", {}),
            "default_return_url": params.get("default_return_url"),
            "features": {
                "customer_update": {
                    "allowed_updates": given.get("customer_update", {}).get("allowed_updates", []),
                    "enabled": False,
                },
                "invoice_history": {"enabled": enabled["invoice_history"]},
                "payment_method_update": {
                    "enabled": enabled["payment_method_update"],
                    "payment_method_configuration": None,
                },
                "subscription_cancel": {
                    "cancellation_reason": {"enabled": False, "feedback_options": None, "options": []},
                    "enabled": False,
                    "mode": "at_period_end",
                    "proration_behavior": "none",
                },
                "subscription_pause": {
                    "duration": {"interval_options": [], "type": "interval_options"},
                    "enabled": False,
                },
                "subscription_update": {
                    "billing_cycle_anchor": None,
                    "default_allowed_updates": [],
                    "enabled": False,
                    "products": None,
                    "proration_behavior": "none",
                    "schedule_at_period_end": {"conditions": []},
                    "trial_update_behavior": "end_trial",
                },
            },
            "is_default": False,
            "login_page": {"enabled": False, "url": None},
            "metadata": params.get("metadata", {}),
            "name": params.get("name"),
            "updated": world.now(),
        },
    )


def update_configuration(world: World, params: Json, ident: str) -> Json:
    """POST /v1/billing_portal/configurations/:id."""
    configuration = get_configuration(world, params, ident)
    given = dict(params)
    if "metadata" in given:
        given["metadata"] = merge_metadata(configuration["metadata"], given["metadata"])
    configuration |= given | {"updated": world.now()}
    world.changed()
    return configuration


def get_configuration(world: World, _params: Json, ident: str) -> Json:
    """GET /v1/billing_portal/configurations/:id."""
    return world.get("billing_portal.configuration", ident)


def list_configurations(world: World, params: Json) -> Json:
    """GET /v1/billing_portal/configurations."""
    wanted = {name: params[name] for name in ("active", "is_default") if name in params}
    found = world.where("billing_portal.configuration", **wanted)
    return page(world, found, params, path="/v1/billing_portal/configurations")


def create_session(world: World, params: Json) -> Json:
    """POST /v1/billing_portal/sessions: an address at which this customer gives another card."""
    customer = world.named("customer", params["customer"], "customer")
    configuration = _configuration(world, params)
    flow = params.get("flow_data", {})
    if flow.get("type") != "payment_method_update":
        raise Refused("This test double's portal has the flow payment_method_update alone.", param="flow_data[type]")
    after = flow.get("after_completion", {"type": "portal_homepage"})
    if after["type"] == "redirect" and "redirect" not in after:
        raise Refused(
            "You must provide `redirect` when the type is `redirect`.", param="flow_data[after_completion][redirect]"
        )
    back = params.get("return_url", configuration["default_return_url"])
    if back is None:
        raise Refused("You must provide a `return_url`, or a default one in the configuration.", param="return_url")
    made = world.add(
        "billing_portal.session",
        {
            "after_expiration": None,
            "configuration": configuration["id"],
            "customer": customer["id"],
            "customer_account": None,
            "flow": {
                "after_completion": {"hosted_confirmation": None, "redirect": None} | after,
                "customer_update": None,
                "subscription_cancel": None,
                "subscription_pause": None,
                "subscription_update": None,
                "subscription_update_confirm": None,
                "type": flow["type"],
            },
            "locale": params.get("locale"),
            "on_behalf_of": None,
            "return_url": back,
            "_done": False,
        },
    )
    made["url"] = f"{world.public_base}/p/session/{made['id']}"
    return made


def _configuration(world: World, params: Json) -> Json:
    if "configuration" not in params:
        raise Refused(
            "No configuration provided and your test mode default configuration has not been created. Provide a "
            "configuration or create your default by saving your customer portal settings in test mode."
        )
    configuration = world.named("billing_portal.configuration", params["configuration"], "configuration")
    if not configuration["active"]:
        raise Refused("This configuration is inactive.", param="configuration")
    if not configuration["features"]["payment_method_update"]["enabled"]:
        raise Refused(
            "This payment method update flow is disabled in the portal configuration.", param="flow_data[type]"
        )
    return configuration


def is_open(world: World, session: Json) -> bool:
    """Whether a card can still be given here: once, within an hour."""
    return not session["_done"] and world.now() < session["created"] + _SESSION_SECONDS


def onward(session: Json) -> str:
    """Where somebody is led who gave a card."""
    redirect = session["flow"]["after_completion"]["redirect"]
    return str(redirect["return_url"] if redirect else session["return_url"])


def change_card(
    world: World,
    ident: str,
    *,
    card: str = "4242424242424242",
    expiry: str = "12/34",
    cvc: str = "123",
    name: str = "",
) -> Json:
    """Give a test card in the portal session `ident`; answers the customer, whose card it now is.

    Raises `Refused`: 402 when its bank would not keep it, 400 when the session is over.
    """
    session = world.get("billing_portal.session", ident)
    if not is_open(world, session):
        raise Refused("This portal session is over.")
    customer = world.get("customer", session["customer"])
    method = cards.read_card(world, number=card, expiry=expiry, cvc=cvc, name=name)
    method["customer"] = customer["id"]
    emit(world, "payment_method.attached", method)
    before = dict(customer["invoice_settings"])
    customer["invoice_settings"] = before | {"default_payment_method": method["id"]}
    session["_done"] = True
    world.changed()
    emit(world, "customer.updated", customer, previous={"invoice_settings": before})
    return customer
