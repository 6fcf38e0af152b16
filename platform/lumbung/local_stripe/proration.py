"""What an unfinished period is worth when a subscription changes in the middle of it."""

from __future__ import annotations

from lumbung.local_stripe.invoice_lines import line
from lumbung.local_stripe.world import Json, World


def prorated_lines(world: World, subscription: Json, item: Json, *, price: Json, quantity: int) -> list[Json]:
    """A credit for the rest of the old price and a charge for the rest of the new one, both to the second."""
    start, end, now = item["current_period_start"], item["current_period_end"], world.now()
    left = max(0, end - now)

    def of_the_rest(amount: int) -> int:
        rest: int = round(amount * left / (end - start))
        return rest

    old = item["price"]
    credit = of_the_rest(old["unit_amount"] * item["quantity"])
    debit = of_the_rest(price["unit_amount"] * quantity)
    pairs = (
        (-credit, old, item["quantity"], "Unused time on"),
        (debit, price, quantity, "Remaining time on"),
    )
    return [
        line(
            amount=amount,
            description=f"{words} {quantity_of} × {world.get('product', each['product'])['name']}",
            period=(now, end),
            price=each,
            quantity=quantity_of,
            subscription=subscription,
            item=item["id"],
            proration=True,
            notes=subscription["metadata"],
        )
        for amount, each, quantity_of, words in pairs
    ]
