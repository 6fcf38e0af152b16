"""What a preview adds to every page: who one looks as, what is wrong with the files, and that it loads itself again."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, Response, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from app_runtime.previewing.preview import ROLE_COOKIE, Preview
from app_runtime.previewing.writing import list_written
from lumbung.db import db
from lumbung.i18n import current_language
from lumbung.web.access import PUBLIC, access
from lumbung.web.sites import LumbungFlask

_PAGES = ("previewing.people", "previewing.messages")
_MARK = b'<a class="lb-skip"'


def install_preview(app: LumbungFlask, preview: Preview) -> None:
    """Let every page of `app` say what `preview` knows, and let people choose who they are."""
    blueprint = Blueprint(
        "previewing", __name__, subdomain="portal", url_prefix="/_preview", template_folder="templates"
    )

    @blueprint.get("/changed/<int:count>")
    @access(PUBLIC)
    def changed(count: int) -> AnyResponse:
        """Nothing, and that the page is to be loaded again once there is something new."""
        return Response(status=204, headers={"HX-Refresh": "true"} if count != preview.count else {})

    @blueprint.get("/as")
    @access(PUBLIC)
    def look_as() -> AnyResponse:
        """The page that one came from, as the chosen person."""
        back = urlsplit(request.args.get("next", "/")).path or "/"
        answer = make_response(redirect(f"/{back.lstrip('/')}", 303))
        answer.set_cookie(ROLE_COOKIE, request.args.get("role", ""), httponly=True, samesite="Lax")
        return answer

    @blueprint.get("/people")
    @access(PUBLIC)
    def people() -> str:
        """Everybody whom one may look as."""
        return render_template("previewing/people.html")

    @blueprint.get("/messages")
    @access(PUBLIC)
    def messages() -> str:
        """What would have been sent to people, the newest first."""
        return render_template("previewing/messages.html", messages=list_written(db.session))

    @app.after_request
    def told(response: Response) -> Response:
        if preview.shown is None and response.mimetype == "text/html":
            response.set_data(render_template("previewing/nothing.html", preview=preview, lang=current_language()))
            response.status_code = 503
            return response
        site_is_portal = request.blueprint != "previewing" or request.endpoint in _PAGES
        if response.mimetype != "text/html" or request.headers.get("HX-Request") or not site_is_portal:
            return response
        bar = render_template("previewing/bar.html", preview=preview, role=request.cookies.get(ROLE_COOKIE, ""))
        body: bytes = response.get_data()
        response.set_data(body.replace(_MARK, bar.encode() + _MARK, 1))
        return response

    app.register_blueprint(blueprint)
