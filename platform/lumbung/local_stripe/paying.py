"""What happens when somebody presses Pay on a Checkout page."""

from __future__ import annotations

from lumbung.local_stripe import billing, cards, customers, invoices
from lumbung.local_stripe.errors import Refused
from lumbung.local_stripe.events import emit
from lumbung.local_stripe.invoice_lines import line
from lumbung.local_stripe.payments import confirm, make_intent
from lumbung.local_stripe.world import Json, World

_GOOD_CARD = "4242424242424242"


def pay(
    world: World,
    ident: str,
    *,
    card: str = _GOOD_CARD,
    expiry: str = "12/34",
    cvc: str = "123",
    name: str = "",
    email: str = "",
) -> Json:
    """Pay the Checkout session `ident` with a test card; answers the completed session.

    Raises `Refused`: 402 when the card is refused (the session stays open), 400 when it is not open any more.
    """
    session = world.get("checkout.session", ident)
    if session["status"] != "open":
        raise Refused(f"This Checkout Session is {session['status']}.", code="checkout_not_open")
    try:
        method = cards.read_card(world, number=card, expiry=expiry, cvc=cvc, name=name)
    except Refused as refusal:
        _keep_the_refusal(world, session, refusal)
        raise
    once = session["mode"] == "payment"
    customer = _customer(world, session, name=name, email=email)
    if customer is not None:
        method["customer"] = customer["id"]
        session["customer"] = customer["id"]
        emit(world, "payment_method.attached", method)
    if once:
        if method["_declined_later"]:
            intent = _intent(world, session)
            confirm(world, intent, method, decline_code="generic_decline")
            raise cards.declined("generic_decline", charge=intent["latest_charge"])
        _pay_once(world, session, customer, method)
    else:
        assert customer is not None
        _subscribe(world, session, customer, method)
    _complete(world, session, name=name, email=email, customer=customer)
    return session


def _customer(world: World, session: Json, *, name: str, email: str) -> Json | None:
    if session["customer"] is not None:
        return world.get("customer", session["customer"])
    wanted = session["customer_creation"] == "always" or (session["invoice_creation"] or {}).get("enabled")
    if not wanted:
        return None
    fields = {"name": name or None, "email": session["customer_email"] or email or None}
    return customers.create(world, {key: word for key, word in fields.items() if word})


def _intent(world: World, session: Json) -> Json:
    """The payment intent of a session, made at the first try as Stripe makes it."""
    if session["_intent"] is not None:
        return world.get("payment_intent", session["_intent"])
    data = session["_intent_data"]
    intent = make_intent(
        world,
        amount=session["amount_total"],
        customer=session["customer"],
        description=data.get("description"),
        notes=data.get("metadata"),
        receipt_email=data.get("receipt_email"),
        statement_descriptor=data.get("statement_descriptor"),
        setup_future_usage=data.get("setup_future_usage"),
    )
    session["_intent"] = intent["id"]
    if session["mode"] == "payment":
        session["payment_intent"] = intent["id"]
    return intent


def _keep_the_refusal(world: World, session: Json, refusal: Refused) -> None:
    """A card that a bank knows and refuses leaves a failed charge; a number that is none leaves nothing."""
    decline_code = refusal.body["error"].get("decline_code")
    if decline_code in (None, "test_mode_live_card"):
        return
    method = cards.refused_card(world)
    confirm(world, _intent(world, session), method, decline_code=decline_code)


def _pay_once(world: World, session: Json, customer: Json | None, method: Json) -> None:
    intent = _intent(world, session)
    intent["customer"] = session["customer"]
    creation = session["invoice_creation"] or {}
    if not creation.get("enabled") or customer is None:
        confirm(world, intent, method)
        return
    now = world.now()
    lines = [
        line(
            amount=one["amount_total"],
            description=one["description"],
            period=(now, now),
            price=one["price"],
            quantity=one["quantity"],
        )
        for one in session["_lines"]
    ]
    data = creation["invoice_data"]
    invoice = invoices.make(
        world,
        customer=customer,
        lines=lines,
        reason="manual",
        description=data.get("description"),
        notes=data.get("metadata"),
    )
    session["invoice"] = invoice["id"]
    invoices.pay(world, invoice, method, intent=intent)


def _subscribe(world: World, session: Json, customer: Json, method: Json) -> None:
    data = session["_subscription_data"]
    subscription = billing.begin(
        world,
        customer=customer,
        prices=[(one["price"], one["quantity"]) for one in session["_lines"]],
        method=method,
        description=data.get("description"),
        notes=data.get("metadata"),
    )
    now = world.now()
    invoice = invoices.make(
        world,
        customer=customer,
        lines=billing.period_lines(world, subscription),
        reason="subscription_create",
        subscription=subscription,
        period=(now, now),
    )
    subscription["latest_invoice"] = invoice["id"]
    emit(world, "customer.subscription.created", subscription)
    intent = None
    if session["_intent"] is not None:
        intent = world.get("payment_intent", session["_intent"])
        intent |= {"customer": customer["id"], "description": "Subscription creation"}
    if intent is not None and intent["amount"] != invoice["amount_due"]:
        intent = None
    invoices.pay(world, invoice, method, intent=intent)
    subscription["status"] = "active"
    emit(world, "customer.subscription.updated", subscription, previous={"status": "incomplete"})
    session |= {"subscription": subscription["id"], "invoice": invoice["id"]}


def _complete(world: World, session: Json, *, name: str, email: str, customer: Json | None) -> None:
    known = customer or {}
    session |= {
        "status": "complete",
        "payment_status": "paid",
        "url": None,
        "customer_details": {
            "address": cards.NO_ADDRESS,
            "business_name": None,
            "email": known.get("email") or session["customer_email"] or email or None,
            "individual_name": None,
            "name": name or known.get("name"),
            "phone": None,
            "tax_exempt": "none",
            "tax_ids": [],
        },
    }
    world.changed()
    emit(world, "checkout.session.completed", session)
