"""Up to four apps side by side: what they are for, what they keep, how they work, and how they fare."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from app_catalog.catalog.app_page import show_retention
from app_catalog.catalog.categories import AUDIENCES, category_name
from app_catalog.catalog.services import Card, list_cards
from app_catalog.definitions.model import Clock, Definition, Field
from app_catalog.figures.models import PublishedFigures
from app_catalog.figures.reading import HANDLED, TRULY_USED, last_full_month
from app_catalog.installations.values import show_duration
from app_catalog.releases.loading import load_release_definition
from app_catalog.releases.models import App
from app_catalog.requests.models import AppRequest, RequestDecision
from app_catalog.requests.wording import STILL_WANTED
from app_catalog.reviews.models import Review
from app_catalog.reviews.rating import counting
from lumbung.db.tenancy import AnySession
from lumbung.i18n import Text, pick, show_number, t
from tenants.municipalities.models import Municipality

MOST = 4


@dataclass(frozen=True, slots=True)
class Said:
    """What the public knows of an app beside its package: reviews, open and settled requests, and how many of the
    municipalities that publish figures truly used it in the last full month."""

    reviews: int = 0
    wanted: int = 0
    settled: int = 0
    truly_used: int = 0


@dataclass(frozen=True, slots=True)
class Compared:
    """One of the apps."""

    card: Card
    definition: Definition
    said: Said


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that an app has; `shared` when another of the compared has it too."""

    text: str
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One question, and each app's answer in the order of the apps."""

    title: Text
    cells: list[list[Entry]]

    @property
    def alike(self) -> bool:
        """Whether all answer the same."""
        return all([entry.text for entry in cell] == [entry.text for entry in self.cells[0]] for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Comparison:
    """The apps, and what they answer; `left_out` are chosen ones of which nothing but a listing is known."""

    apps: list[Compared]
    rows: list[Row]
    left_out: Sequence[App] = ()


def compare_apps(session: AnySession, slugs: Sequence[str]) -> Comparison:
    """The listed apps among the first `MOST` different ids, in their order; unknown ones are left out."""
    wanted = list(dict.fromkeys(slugs))[:MOST]
    cards = {card.app.slug: card for card in list_cards(session, wanted)}
    found = [cards[slug] for slug in wanted if slug in cards]
    said = _said(session, [card.app.id for card in found])
    apps = [
        Compared(card, load_release_definition(session, card.app.latest_release_id), said[card.app.id])
        for card in found
        if card.app.latest_release_id is not None
    ]
    return Comparison(
        apps, _rows(apps) if apps else [], _listings(session, [slug for slug in wanted if slug not in cards])
    )


def _listings(session: AnySession, slugs: Sequence[str]) -> Sequence[App]:
    if not slugs:
        return ()
    return session.scalars(
        select(App).where(App.slug.in_(slugs), App.kind != "package", App.hidden_at.is_(None)).order_by(App.slug)
    ).all()


def _said(session: AnySession, ids: Sequence[UUID]) -> Mapping[UUID, Said]:
    """Counted for all of them at once."""
    reviews = select(Review.app_id, func.count()).where(Review.app_id.in_(ids), *counting()).group_by(Review.app_id)
    state = func.coalesce(RequestDecision.state, "open")
    requests = (
        select(AppRequest.app_id, state, func.count())
        .outerjoin(RequestDecision, RequestDecision.request_id == AppRequest.id)
        .where(AppRequest.app_id.in_(ids))
        .group_by(AppRequest.app_id, state)
    )
    used = (
        select(PublishedFigures.app_id, func.count())
        .join(Municipality, Municipality.id == PublishedFigures.tenant_id)
        .where(
            PublishedFigures.app_id.in_(ids),
            PublishedFigures.month == last_full_month(),
            PublishedFigures.version == "",
            PublishedFigures.record_type == "",
            HANDLED >= TRULY_USED,
            Municipality.status != "suspended",
        )
        .group_by(PublishedFigures.app_id)
    )
    reviewed: dict[UUID, int] = dict(session.execute(reviews).all())
    truly: dict[UUID, int] = dict(session.execute(used).all())
    wanted, settled = Counter[UUID](), Counter[UUID]()
    for app_id, name, number in session.execute(requests):
        if name in STILL_WANTED:
            wanted[app_id] += number
        elif name == "fixed":
            settled[app_id] += number
    return {
        app_id: Said(reviewed.get(app_id, 0), wanted[app_id], settled[app_id], truly.get(app_id, 0)) for app_id in ids
    }


def _rows(apps: Sequence[Compared]) -> list[Row]:
    rows = []
    for title, answer in _QUESTIONS:
        answers = [list(dict.fromkeys(answer(one))) for one in apps]
        times = Counter(text.casefold() for texts in answers for text in texts)
        marked = title.id in _MARKED
        cells = [[Entry(text, marked and times[text.casefold()] > 1) for text in texts] for texts in answers]
        rows.append(Row(title, cells))
    return rows


def _kind(one: Compared) -> list[str]:
    app = one.card.app
    return [str(category_name(app.category)), str(AUDIENCES.get(app.audience, app.audience))]


def _use(one: Compared) -> list[str]:
    number = one.card.adopters
    said = [t("{n} daerah", "{n} municipalities" if number != 1 else "1 municipality", n=number)]
    if one.said.truly_used:
        said.append(t("{n} sungguh memakainya bulan lalu", "{n} truly used it last month", n=one.said.truly_used))
    return said


def _stars(one: Compared) -> list[str]:
    number = t("{n} ulasan", "{n} reviews" if one.said.reviews != 1 else "1 review", n=one.said.reviews)
    if one.card.rating is None:
        return [t("belum cukup ulasan", "too few reviews"), number]
    return [t("{n} dari 5", "{n} of 5", n=show_number(round(float(one.card.rating), 1))), number]


def _requests(one: Compared) -> list[str]:
    return [
        t("{n} masih diminta", "{n} still wanted", n=one.said.wanted),
        t("{n} selesai", "{n} fixed", n=one.said.settled),
    ]


def _names(things: Iterable[object]) -> list[str]:
    return [pick(getattr(thing, "name", "")) for thing in things]


def _fields(definition: Definition) -> list[str]:
    return [pick(field.label) for record in definition.records.values() for field in _with_members(record.fields)]


def _with_members(fields: Mapping[str, Field]) -> Iterable[Field]:
    for field in fields.values():
        if field.type == "group":
            yield from field.fields.values()
        else:
            yield field


def _states(definition: Definition) -> list[str]:
    flows = [record.workflow for record in definition.records.values() if record.workflow]
    return [pick(state.label) for flow in flows for state in flow.states.values()]


def _clocks(definition: Definition) -> list[str]:
    return [
        f"{pick(clock.label)}: {span}" if (span := _span(definition, clock)) else pick(clock.label)
        for record in definition.records.values()
        for clock in record.clocks.values()
    ]


def _span(definition: Definition, clock: Clock) -> str:
    """The span that the package gives a clock at first; empty where it depends on the record."""
    name = clock.within.source.removeprefix("settings.")
    setting = definition.settings.get(name)
    return show_duration(setting.default) if setting is not None and isinstance(setting.default, str) else ""


def _retention(definition: Definition) -> list[str]:
    if definition.personal_data is None:
        return [t("tidak ada", "none")]
    return [show_retention(definition.personal_data.retention)]


def _languages(definition: Definition) -> list[str]:
    return [str(one) for one in definition.publiccode["localisation"]["availableLanguages"]]


def _maintainers(one: Compared) -> list[str]:
    contacts = one.definition.publiccode["maintenance"].get("contacts", [])
    return [one.card.publisher.name, *(str(contact["name"]) for contact in contacts)]


_QUESTIONS: tuple[tuple[Text, Callable[[Compared], Iterable[str]]], ...] = (
    (Text("Tujuan", "Purpose"), lambda one: [pick(one.card.app.summary)]),
    (Text("Kategori dan pemakai", "Category and audience"), _kind),
    (Text("Dipakai", "In use"), _use),
    (Text("Bintang", "Stars"), _stars),
    (Text("Permintaan daerah", "Requests of municipalities"), _requests),
    (Text("Yang dicatat", "What it keeps"), lambda one: _names(one.definition.records.values())),
    (Text("Isian", "Fields"), lambda one: _fields(one.definition)),
    (Text("Keadaan", "States"), lambda one: _states(one.definition)),
    (Text("Tenggat", "Deadlines"), lambda one: _clocks(one.definition)),
    (
        Text("Yang dapat diatur daerah", "What a municipality can set"),
        lambda one: [pick(setting.label) for setting in one.definition.settings.values()],
    ),
    (Text("Peran petugas", "Roles of officials"), lambda one: _names(one.definition.roles.values())),
    (Text("Data pribadi disimpan", "Personal data are kept"), lambda one: _retention(one.definition)),
    (Text("Bahasa", "Languages"), lambda one: _languages(one.definition)),
    (Text("Lisensi", "Licence"), lambda one: [str(one.definition.publiccode["legal"]["license"])]),
    (Text("Pemelihara", "Maintainers"), _maintainers),
)
_MARKED = frozenset({"Yang dicatat", "Isian", "Keadaan", "Tenggat", "Yang dapat diatur daerah", "Peran petugas"})
"""Questions whose answers say what apps have in common; that two have as many reviews says nothing."""
