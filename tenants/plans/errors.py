"""Why a plan or a limit says no."""

from __future__ import annotations

from lumbung.errors import Conflict, TooLarge
from lumbung.i18n import Text
from tenants.plans.catalogue import MEASURES, Resource

_GOES_ON = Text(
    "Laporan warga, jawaban petugas, pesan, dan ekspor tetap berjalan. Lihat “Pemakaian” di halaman Kelola untuk yang "
    "dapat dilakukan.",
    "Citizens’ reports, officials’ answers, messages and exports go on. See “Usage” under Manage for what can be done.",
)


class QuotaReached(Conflict):
    """The municipality has used up what its plan gives; what was asked for is one of the things that then stop."""

    slug = "quota-reached"
    title = Text("Batas pemakaian sudah tercapai", "The limit is reached")


class NoRoomLeft(TooLarge):
    """There is room, but not for so much."""

    slug = "no-room-left"
    title = Text("Tidak cukup ruang", "Not enough room")


class ProgrammeConflict(Conflict):
    """A programme that cannot be changed in this way now; the message says why and what to do."""

    slug = "programme-conflict"
    title = Text("Program tidak dapat diubah begini", "The programme cannot be changed so")


def quota_reached(resource: Resource) -> QuotaReached:
    """Nothing more of this for now."""
    said = Text("{name}: batasnya sudah tercapai. {goes_on}", "{name}: the limit is reached. {goes_on}")
    return QuotaReached(said.format(name=MEASURES[resource].name, goes_on=_GOES_ON))


def no_room(resource: Resource, *, asked: Text, left: Text) -> NoRoomLeft:
    """There is room for less than what was sent; both are amounts in words."""
    said = Text(
        "{name}: perlu {asked}, sisa ruang {left}. {goes_on}",
        "{name}: {asked} needed, room for {left} left. {goes_on}",
    )
    return NoRoomLeft(said.format(name=MEASURES[resource].name, asked=asked, left=left, goes_on=_GOES_ON))
