"""Who is asking: from the browser's session to roles in this municipality."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from sqlalchemy.orm import Session, scoped_session

from lumbung.web.access import ANONYMOUS, Visitor
from lumbung.web.sites import Site


class AccountIdentity:
    """Looks the account of the browser's session up, with its membership and roles on this site."""

    def visitor(self, session: Session | scoped_session[Any], site: Site) -> Visitor:
        """The visitor; anonymous when nobody is signed in or the session was revoked."""
        return ANONYMOUS

    def sign_in_url(self, site: Site, next_path: str) -> str:
        """Where to send somebody who must sign in first, and back to `next_path` afterwards."""
        return "/sign-in?" + urlencode({"next": next_path})
