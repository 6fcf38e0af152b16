"""What can go wrong between a claim and an open portal."""

from __future__ import annotations

from lumbung.errors import Conflict, Unavailable
from lumbung.i18n import Text


class AlreadyDecided(Conflict):
    """Another operator, or the claimant, was faster."""

    slug = "claim-already-decided"
    title = Text("Pengajuan ini sudah diputuskan", "This claim has been decided already")
    default = Text(
        "Operator lain sudah memutuskannya, atau pengaju menariknya. Muat ulang halaman untuk melihat hasilnya.",
        "Another operator has decided it, or the claimant withdrew it. Reload the page to see the outcome.",
    )


class RegionTaken(Conflict):
    """The region takes part already."""

    slug = "region-taken"
    title = Text("Daerah ini sudah bergabung", "This region takes part already")
    default = Text(
        "Mintalah admin daerah Anda mengundang Anda dari halaman Kelola > Orang di portalnya.",
        "Ask your municipality's administrator to invite you from Manage > People on its portal.",
    )


class ClaimOpen(Conflict):
    """This person has an open claim for this region."""

    slug = "claim-open"
    title = Text("Pengajuan Anda masih diperiksa", "Your claim is still being examined")
    default = Text(
        "Anda sudah mengajukan daerah ini. Lihat keadaannya di halaman Pengajuan saya.",
        "You have claimed this region already. See how it stands under My claims.",
    )


class NotReady(Conflict):
    """The portal cannot be opened yet."""

    slug = "portal-not-ready"
    title = Text("Portal belum siap dibuka", "The portal is not ready to open")
    default = Text(
        "Selesaikan dahulu langkah yang wajib di daftar persiapan.",
        "Finish the required steps of the checklist first.",
    )


class PortalPreparing(Unavailable):
    """The municipality has not opened its portal to residents yet."""

    slug = "portal-preparing"
    title = Text("Portal sedang disiapkan", "The portal is being prepared")
    default = Text(
        "Pemerintah daerah sedang menyiapkan layanan di sini. Silakan datang kembali.",
        "The municipality is preparing its services here. Please come back.",
    )
