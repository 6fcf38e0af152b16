"""The pages that people see: Checkout, a new card, a receipt, an invoice. They work without JavaScript and load nothing
else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import quote

from aiohttp import web
from jinja2 import Environment, PackageLoader

from lumbung.i18n import speaking, t
from lumbung.local_stripe import portal
from lumbung.local_stripe.due import catch_up
from lumbung.local_stripe.errors import Refused
from lumbung.local_stripe.paying import pay
from lumbung.local_stripe.world import Json, World

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
}
_HUNDRED = 100
_FIELDS = {"number": "4242 4242 4242 4242", "expiry": "12 / 34", "cvc": "123", "name": "", "email": ""}


def rupiah(hundredths: int) -> str:
    """An amount as people write it: Rp 50.000, or Rp 50.000,50."""
    whole, rest = divmod(abs(hundredths), _HUNDRED)
    written = f"Rp\N{NO-BREAK SPACE}{whole:,}".replace(",", ".") + (f",{rest:02d}" if rest else "")
    return f"−{written}" if hundredths < 0 else written


def _day(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M UTC")


_pages = Environment(loader=PackageLoader("lumbung.local_stripe"), autoescape=True, trim_blocks=True)
_pages.globals |= {"t": t, "rupiah": rupiah, "day": _day}


class Pages:
    """The pages of one account."""

    def __init__(self, world: World) -> None:
        self._world = world

    def install(self, app: web.Application) -> None:
        """Put the pages on `app`."""
        app.router.add_get("/c/pay/{id}", self._checkout)
        app.router.add_post("/c/pay/{id}", self._pay)
        app.router.add_get("/p/session/{id}", self._card)
        app.router.add_post("/p/session/{id}", self._change_card)
        app.router.add_get("/receipts/{id}", self._receipt)
        for path in ("/invoices/{id}", "/invoices/{id}/pdf"):
            app.router.add_get(path, self._invoice)

    async def _checkout(self, request: web.Request) -> web.Response:
        return self._with(request, "checkout.session", self._show_checkout)

    async def _receipt(self, request: web.Request) -> web.Response:
        return self._with(request, "charge", lambda charge: self._page("receipt.html", charge=charge))

    async def _invoice(self, request: web.Request) -> web.Response:
        return self._with(request, "invoice", lambda invoice: self._page("invoice.html", invoice=invoice))

    async def _pay(self, request: web.Request) -> web.Response:
        form = await request.post()
        typed = {name: str(form.get(name, "")).strip() for name in _FIELDS}

        def paid(session: Json) -> web.Response:
            if session["status"] != "open":
                return self._show_checkout(session)
            try:
                pay(
                    self._world,
                    session["id"],
                    card=typed["number"],
                    expiry=typed["expiry"],
                    cvc=typed["cvc"],
                    name=typed["name"],
                    email=typed["email"],
                )
            except Refused as refusal:
                return self._show_checkout(session, typed=typed, refusal=refusal)
            return web.Response(status=303, headers={**_HEADERS, "Location": _address(session, "success_url")})

        return self._with(request, "checkout.session", paid)

    async def _card(self, request: web.Request) -> web.Response:
        return self._with(request, "billing_portal.session", self._show_card)

    async def _change_card(self, request: web.Request) -> web.Response:
        form = await request.post()
        typed = {name: str(form.get(name, "")).strip() for name in _FIELDS}

        def changed(session: Json) -> web.Response:
            if not portal.is_open(self._world, session):
                return self._show_card(session)
            try:
                portal.change_card(
                    self._world,
                    session["id"],
                    card=typed["number"],
                    expiry=typed["expiry"],
                    cvc=typed["cvc"],
                    name=typed["name"],
                )
            except Refused as refusal:
                return self._show_card(session, typed=typed, refusal=refusal)
            return web.Response(status=303, headers={**_HEADERS, "Location": portal.onward(session)})

        return self._with(request, "billing_portal.session", changed)

    def _show_card(
        self, session: Json, *, typed: dict[str, str] | None = None, refusal: Refused | None = None
    ) -> web.Response:
        customer = self._world.get("customer", session["customer"])
        with speaking(session["locale"]):
            return self._page(
                "card.html",
                status=402 if refusal else 200,
                session=session,
                open=portal.is_open(self._world, session),
                typed=typed or (_FIELDS | {"name": customer["name"] or ""}),
                refusal=refusal and _explained(refusal),
            )

    def _show_checkout(
        self, session: Json, *, typed: dict[str, str] | None = None, refusal: Refused | None = None
    ) -> web.Response:
        lines = session["_lines"]
        customer = self._world.table("customer").get(session["customer"] or "", {})
        filled = typed or (_FIELDS | {"name": customer.get("name") or ""})
        with speaking(session["locale"]):
            return self._page(
                "checkout.html",
                status=402 if refusal else 200,
                session=session,
                products=[self._world.get("product", line["price"]["product"]) for line in lines],
                every=lines[0]["price"]["recurring"],
                typed=filled,
                known_email=customer.get("email") or session["customer_email"],
                refusal=refusal and _explained(refusal),
                back=_address(session, "cancel_url") if session["cancel_url"] else None,
                onward=_address(session, "success_url"),
            )

    def _with(self, request: web.Request, kind: str, show: Callable[[Json], web.Response]) -> web.Response:
        catch_up(self._world)
        found = self._world.table(kind).get(request.match_info["id"])
        if found is None:
            return self._page("missing.html", status=404)
        return show(found)

    def _page(self, template: str, *, status: int = 200, **values: object) -> web.Response:
        text = _pages.get_template(template).render(**values)
        return web.Response(status=status, text=text, content_type="text/html", headers=_HEADERS)


def _address(session: Json, name: str) -> str:
    return str(session[name]).replace("{CHECKOUT_SESSION_ID}", quote(session["id"]))


def _explained(refusal: Refused) -> str:
    error = refusal.body["error"]
    return {
        "insufficient_funds": t(
            "Saldo kartu tidak cukup. Coba kartu lain.", "The card has insufficient funds. Try another."
        ),
        "test_mode_live_card": t(
            "Ini bukan kartu uji. Jangan memasukkan kartu sungguhan di sini; pakai 4242 4242 4242 4242.",
            "This is no test card. Never enter a real card here; use 4242 4242 4242 4242.",
        ),
        "expired_card": t("Kartu sudah kedaluwarsa.", "The card has expired."),
        "incorrect_number": t("Nomor kartu tidak benar.", "The card number is incorrect."),
        "invalid_expiry_month": t(
            "Masa berlaku tidak benar: tulis bulan / tahun.", "The expiry is wrong: month / year."
        ),
    }.get(
        error.get("decline_code") or error.get("code", ""),
        t(
            "Kartu ditolak bank. Tidak ada yang dibayar; coba lagi atau pakai kartu lain.",
            "The bank declined the card. Nothing was paid; try again or use another card.",
        ),
    )
