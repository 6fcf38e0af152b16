"""What every template may rely on, and the two routes of the shell: language and colours."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, current_app, g, redirect, request, session
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response as AnyResponse

from lumbung import i18n
from lumbung.web.access import PUBLIC, access, meant_for_programs
from lumbung.web.brand import brand_css
from lumbung.web.navigation import navigation
from lumbung.web.security import csp_nonce
from lumbung.web.sending import fresh_key
from lumbung.web.sites import BOTH_SITES, LumbungFlask, current_site, hub_origin, is_local_path, portal_origin

_LANGUAGE = "lang"
_FOR_NOBODY = frozenset({"static", "health.healthz", "health.readyz"})
shell = Blueprint("shell", __name__, subdomain=BOTH_SITES)


@shell.post("/language")
@access(PUBLIC)
def choose_language() -> AnyResponse:
    """Answer this browser in the chosen language from now on."""
    session["language"] = i18n.use_language(request.form.get("language"))
    target = request.form.get("next")
    return redirect(_without_language(target) if target and is_local_path(target) else "/", code=303)


def _without_language(target: str) -> str:
    """The same path; a link that came with `lang` must not take back what was chosen just now."""
    path, _, query = target.partition("?")
    kept = [part for part in query.split("&") if part and part.partition("=")[0] != _LANGUAGE]
    return path + ("?" + "&".join(kept) if kept else "")


def _take_language_from_link() -> None:
    """A link with `lang=en` or `lang=id` sets the language of this browser, so that pages can be shared in it.

    Nothing else is kept, anything unknown is passed over, and programs say what they want in `Accept-Language`.
    """
    asked = request.args.get(_LANGUAGE)
    if asked not in i18n.LANGUAGES or request.method not in {"GET", "HEAD"} or request.endpoint in _FOR_NOBODY:
        return
    view = current_app.view_functions.get(request.endpoint or "")
    for_people = meant_for_programs(view) is None and not request.path.startswith("/api/")
    if for_people and session.get("language", "id") != asked:
        session["language"] = asked


@shell.get("/brand.css")
@access(PUBLIC)
def brand() -> Response:
    """The municipality's colours as CSS custom properties."""
    response = Response(brand_css(current_site()), mimetype="text/css")
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


@shell.get("/favicon.ico")
@access(PUBLIC)
def favicon() -> AnyResponse:
    """Where the mark is, for browsers that ask at the address of old: with files that are shown without a page."""
    answer = redirect(asset_url("favicon.svg"), code=302)
    answer.headers["Cache-Control"] = "public, max-age=86400"
    return answer


@cache
def _manifest() -> dict[str, str]:
    file = Path(__file__).with_name("static") / "build" / "manifest.json"
    found: dict[str, str] = json.loads(file.read_text("utf-8")) if file.exists() else {}
    return found


def asset_url(name: str) -> str:
    """Address of a built asset, with its content hash in the name."""
    # A page names a hundred icons: nothing but the place of the application can differ from one request to the next.
    return f"{request.root_path}/static/build/{_manifest().get(name, name)}"


def _tell_scripts_where_to_go(response: Response) -> Response:
    """Give a form that was sent by our script the address to go to, instead of a redirect that it cannot see.

    The script would follow the redirect itself: the next page would be fetched twice, its messages be gone the second
    time, and another host (sign-in on the hub) would look like a lost connection.
    """
    if "Lumbung-Form" in request.headers and response.status_code in {301, 302, 303} and response.location:
        response.headers["Lumbung-Location"] = response.location
        del response.headers["Location"]
        response.set_data(b"")
        response.status_code = 204
    return response


def install_shell(app: LumbungFlask) -> None:
    """Register the shell's routes, globals and filters."""
    # Before all other steps: a refusal, too, is told in the language that the link asks for.
    app.before_request_funcs.setdefault(None, []).insert(0, _take_language_from_link)
    app.register_blueprint(shell)
    app.after_request(_tell_scripts_where_to_go)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        t=i18n.t,
        pick=i18n.pick,
        csp_nonce=csp_nonce,
        asset_url=asset_url,
        csrf_token=generate_csrf,
        fresh_key=fresh_key,
        hub_origin=hub_origin,
        portal_origin=portal_origin,
        map_tiles_url=app.lumbung.map_tiles_url,
        map_attribution=app.lumbung.map_attribution,
    )
    app.jinja_env.filters.update(
        pick=i18n.pick,
        moment=lambda value, style="medium": i18n.show_datetime(value, current_site().timezone, style) if value else "",
        day=lambda value, style="long": i18n.show_date(value, style) if value else "",
        number=i18n.show_number,
        bytes=i18n.show_bytes,
        rupiah=i18n.show_rupiah,
        span=i18n.show_span,
    )

    @app.context_processor
    def _context() -> dict[str, Any]:
        menus = navigation()
        return {
            "site": g.site,
            "visitor": g.visitor,
            "nav": menus[g.site.kind],
            "manage_nav": menus["manage"] if g.site.kind == "portal" else [],
            "account_nav": menus["account"],
            "lang": i18n.current_language(),
            "request_id": g.get("request_id", ""),
            "platform_name": app.lumbung.platform_name,
        }
