"""Reports of citizens and officials at their desks, for tests of the officials' pages."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from app_catalog.installations.models import Installation
from app_catalog.installations.versions import switch_version
from app_runtime.records.actors import Actor
from app_runtime.records.creating import create_record
from app_runtime.records.models import Record
from lumbung.db import as_tenant
from lumbung.files import store_photo
from lumbung.web.sites import LumbungFlask
from tests.browsing import Browser, browse
from tests.next_siaran import Edits, changed_siaran, publish_archive
from tests.siaran import enable_siaran
from tests.world import Place, World

Sessions = scoped_session[Session]
ANYBODY = Actor(kind="visitor")


def photo(colour: str = "teal", size: tuple[int, int] = (640, 480)) -> bytes:
    """A small JPEG with an edge that a blur would smear."""
    picture = Image.new("RGB", size, colour)
    picture.paste("white", (0, 0, size[0] // 2, size[1]))
    out = io.BytesIO()
    picture.save(out, "JPEG")
    return out.getvalue()


@dataclass
class Desk:
    """SIARAN enabled in one municipality, and browsers of its officials."""

    app: LumbungFlask
    session: Sessions
    place: Place
    installation: Installation

    def report(self, title: str = "Lampu jalan mati", *, by: Actor = ANYBODY, photos: int = 0, **values: Any) -> UUID:
        """A committed report; its category (`street-light`) makes it the transport agency's."""
        filled = {"title": title, "category": "street-light", "place": [106.71, -6.29], **values}
        with as_tenant(self.session, self.place.id):
            ids = [store_photo(self.session, photo()).id for _ in range(photos)]
            made = create_record(
                self.session, self.installation, by, "report", filled, files={"photos": ids} if ids else None
            )
            self.session.commit()
            return made.record.id

    def record(self, record_id: UUID) -> Record:
        """The record as it is stored now."""
        self.session.expire_all()
        with as_tenant(self.session, self.place.id):
            found = self.session.get_one(Record, (self.place.id, record_id))
            self.session.refresh(found)
            return found

    def browser(self, person: str) -> Browser:
        """A browser on the portal in which this person is signed in."""
        return browse(self.app, self.place.host, self.place.accounts[person])

    def act(self, browser: Browser, record_id: UUID, action: str, **values: Any) -> Any:
        """Send the form of an action as its page shows it; names are those of the asks."""
        address = page_of(record_id)
        data = {f"{action}.{name}": value for name, value in values.items()}
        return browser.post_form(address, data, to=f"{address}/act/{action}")


def page_of(record_id: UUID) -> str:
    """Where a report's page is."""
    return f"/work/siaran/{record_id}"


def open_desk(app: LumbungFlask, session: Sessions, world: World, place: Place | None = None, **settings: Any) -> Desk:
    """SIARAN enabled in `place` (Tangsel) with own settings."""
    place = place or world.tangsel
    return Desk(app, session, place, enable_siaran(session, world, place, **settings))


def open_changed_desk(app: LumbungFlask, session: Sessions, world: World, edits: Edits) -> Desk:
    """The same in Tangsel on a next version that is SIARAN with other texts, and publishes reports at once."""
    desk = open_desk(app, session, world, publish="at_once")
    release = publish_archive(session, world, changed_siaran(edits))
    with as_tenant(session, desk.place.id):
        switch_version(session, session.scalars(select(Installation)).one(), release)
        session.commit()
        desk.installation = session.scalars(select(Installation)).one()
    return desk
