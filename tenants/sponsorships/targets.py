"""What can be sponsored: each kind of target is known by the layer that owns it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol
from uuid import UUID

from sqlalchemy import func, select

from lumbung.db.tenancy import AnySession
from lumbung.errors import NotFound
from lumbung.i18n import Text
from lumbung.money.subjects import names_subjects
from tenants.municipalities.models import Municipality

MOST_FOUND: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Something that can be sponsored. `name` stands in lists, `purpose` says what the money is for.

    `closed` says why nobody can begin to sponsor it now; None when everybody can. `key` is how addresses name it.
    """

    kind: str
    id: str
    key: str
    name: Text
    purpose: Text
    href: str | None
    closed: Text | None = None


class TargetSource(Protocol):
    """Knows one kind of target."""

    @property
    def label(self) -> Text:
        """What this kind is called in lists."""
        ...

    def find(self, session: AnySession, key: str) -> Target | None:
        """The target that addresses name so, also one that is closed; None when there is none that anybody may see."""
        ...

    def search(self, session: AnySession, words: str) -> Sequence[Target]:
        """Up to `MOST_FOUND` open targets that fit the words; the best known without words."""
        ...

    def describe(self, session: AnySession, ids: Collection[str]) -> Mapping[str, Target]:
        """The targets of these ids that are still there, by id."""
        ...


_sources: dict[str, TargetSource] = {}


def register_targets(kind: str, source: TargetSource) -> None:
    """Let everything of this kind be sponsored; the latest source of a kind counts."""
    _sources[kind] = source


def target_kinds() -> Mapping[str, Text]:
    """The kinds that are known here, and what they are called."""
    return {kind: source.label for kind, source in _sources.items()}


def find_target(session: AnySession, named: str) -> Target | None:
    """The target of an address (`app:siaran`, `municipality:tangsel`, `platform`); None when there is none."""
    kind, _, key = named.partition(":")
    source = _sources.get(kind)
    return source.find(session, key) if source is not None and len(key) <= 100 else None


def get_target(session: AnySession, named: str) -> Target:
    """As `find_target`. Raises NotFound."""
    found = find_target(session, named)
    if found is None:
        raise NotFound
    return found


def search_targets(session: AnySession, words: str) -> Sequence[Target]:
    """Open targets of every kind that fit."""
    return [target for source in _sources.values() for target in source.search(session, words)]


def describe_targets(session: AnySession, wanted: Collection[tuple[str, str]]) -> dict[tuple[str, str], Target]:
    """Targets by kind and id; one that is gone for good is described as that."""
    found = {}
    for kind in sorted({kind for kind, _ in wanted}):
        ids = {target_id for other, target_id in wanted if other == kind}
        source = _sources.get(kind)
        known = source.describe(session, ids) if source is not None else {}
        found.update({(kind, target_id): known.get(target_id) or _gone(kind, target_id) for target_id in ids})
    return found


def _gone(kind: str, target_id: str) -> Target:
    name = Text("Sudah tidak ada di Lumbung", "No longer on Lumbung")
    closed = Text("Yang disponsori sudah tidak ada di Lumbung.", "What was sponsored is no longer on Lumbung.")
    return Target(kind=kind, id=target_id, key=target_id, name=name, purpose=name, href=None, closed=closed)


class Municipalities:
    """The hosting of a municipality."""

    label = Text("Hosting daerah", "Hosting of municipalities")

    def find(self, session: AnySession, key: str) -> Target | None:
        found = session.scalars(select(Municipality).where(Municipality.slug == key)).one_or_none()
        return None if found is None else _municipality(found)

    def search(self, session: AnySession, words: str) -> Sequence[Target]:
        query = select(Municipality).where(Municipality.status == "active").order_by(Municipality.name)
        if words:
            query = query.where(func.lower(Municipality.name).contains(words.lower(), autoescape=True))
        return [_municipality(one) for one in session.scalars(query.limit(MOST_FOUND))]

    def describe(self, session: AnySession, ids: Collection[str]) -> Mapping[str, Target]:
        query = select(Municipality).where(Municipality.id.in_([UUID(one) for one in ids]))
        return {str(one.id): _municipality(one) for one in session.scalars(query)}


def _municipality(one: Municipality) -> Target:
    closed = None
    if one.status == "suspended":
        closed = Text(
            f"Portal {one.name} sedang ditutup, jadi tidak dapat disponsori sekarang.",
            f"The portal of {one.name} is closed, so it cannot be sponsored now.",
        )
    elif one.status != "active":
        closed = Text(
            f"Portal {one.name} masih disiapkan; dapat disponsori setelah dibuka.",
            f"The portal of {one.name} is being prepared; it can be sponsored once it is open.",
        )
    return Target(
        kind="municipality",
        id=str(one.id),
        key=f"municipality:{one.slug}",
        name=Text(one.name, one.name),
        purpose=Text(f"Hosting {one.name}", f"Hosting of {one.name}"),
        href=f"/regions/{one.region_code}",
        closed=closed,
    )


@names_subjects("municipality")
def name_municipalities(session: AnySession, ids: Sequence[str] | None) -> Mapping[str, str]:
    """What the books call municipalities."""
    query = select(Municipality.id, Municipality.name)
    if ids is not None:
        query = query.where(Municipality.id.in_(map(UUID, ids)))
    return {str(municipality_id): name for municipality_id, name in session.execute(query)}


class Platform:
    """Lumbung itself."""

    label = Text("Lumbung seluruhnya", "All of Lumbung")

    def find(self, session: AnySession, key: str) -> Target | None:
        return _PLATFORM if key in {"", _PLATFORM.id} else None

    def search(self, session: AnySession, words: str) -> Sequence[Target]:
        return [_PLATFORM] if words.lower() in "lumbung platform" else []

    def describe(self, session: AnySession, ids: Collection[str]) -> Mapping[str, Target]:
        return {_PLATFORM.id: _PLATFORM}


_PLATFORM = Target(
    kind="platform",
    id="lumbung",
    key="platform",
    name=Text("Lumbung untuk semua daerah", "Lumbung for all municipalities"),
    purpose=Text("Lumbung untuk semua daerah", "Lumbung for all municipalities"),
    href="/",
)

register_targets("platform", Platform())
register_targets("municipality", Municipalities())
