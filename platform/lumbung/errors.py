"""Errors that a person may see. Knows no Flask; `lumbung.web.problems` turns them into answers."""

from __future__ import annotations

from collections.abc import Mapping

from lumbung.i18n import Text

FieldErrors = Mapping[str, list[str]]


class LumbungError(Exception):
    """Something that is said to a person: what happened and what to do next.

    `status` is the HTTP status, `slug` the public, never renamed name of the problem's type (RFC 9457).
    """

    status = 500
    slug = "internal-error"
    title = Text("Terjadi kesalahan di pihak kami", "Something went wrong on our side")
    default = Text(
        "Kami sudah mencatatnya. Coba lagi beberapa saat lagi.",
        "We have noted it. Please try again in a moment.",
    )

    def __init__(self, message: Text | None = None, **details: object) -> None:
        self.message = message or self.default
        self.details = details
        super().__init__(self.message.en)


class NotFound(LumbungError):
    """What was asked for is not there, or not for this person: the answer is the same (trust.md)."""

    status = 404
    slug = "not-found"
    title = Text("Tidak ditemukan", "Not found")
    default = Text(
        "Halaman atau data ini tidak ada, atau bukan untuk Anda. Periksa alamatnya atau mulai dari beranda.",
        "This page or record does not exist, or is not for you. Check the address or start from the home page.",
    )


class SignInNeeded(LumbungError):
    """Only for people who have signed in."""

    status = 401
    slug = "sign-in-needed"
    title = Text("Silakan masuk dahulu", "Please sign in first")
    default = Text("Halaman ini untuk yang sudah masuk.", "This page is for people who are signed in.")


class Forbidden(LumbungError):
    """The person is known and may not do this."""

    status = 403
    slug = "forbidden"
    title = Text("Tidak diizinkan", "Not allowed")
    default = Text(
        "Peran Anda tidak mencakup tindakan ini. Mintalah kepada admin daerah Anda.",
        "Your role does not include this. Ask the administrator of your municipality.",
    )


class Invalid(LumbungError):
    """What was sent does not fit; `fields` says where and what would be right."""

    status = 422
    slug = "invalid"
    title = Text("Ada isian yang perlu diperbaiki", "Some answers need correcting")
    default = Text("Perbaiki bagian yang ditandai, lalu kirim lagi.", "Correct the marked parts and send again.")

    def __init__(self, message: Text | None = None, *, fields: FieldErrors | None = None, **details: object) -> None:
        super().__init__(message, **details)
        self.fields: FieldErrors = fields or {}


class BadRequest(LumbungError):
    """The request cannot be understood."""

    status = 400
    slug = "bad-request"
    title = Text("Permintaan tidak dapat dipahami", "The request cannot be understood")
    default = Text("Muat ulang halaman, lalu coba lagi.", "Reload the page and try again.")


class Conflict(LumbungError):
    """Somebody was faster, or the thing is already so."""

    status = 409
    slug = "conflict"
    title = Text("Sudah berubah", "It has changed already")
    default = Text("Muat ulang halaman untuk melihat keadaan terbaru.", "Reload the page to see the latest state.")


class Gone(LumbungError):
    """It existed and does not any more (a used link, a closed municipality)."""

    status = 410
    slug = "gone"
    title = Text("Sudah tidak berlaku", "No longer valid")
    default = Text("Tautan ini sudah dipakai atau kedaluwarsa.", "This link has been used or has expired.")


class TooLarge(LumbungError):
    """More was sent than is taken."""

    status = 413
    slug = "too-large"
    title = Text("Kiriman terlalu besar", "Too large")
    default = Text("Kirim berkas yang lebih kecil atau lebih sedikit.", "Send a smaller file, or fewer.")


class Misdirected(LumbungError):
    """The host name belongs to nobody here (RFC 9110, 15.5.20)."""

    status = 421
    slug = "unknown-host"
    title = Text("Alamat ini tidak dikenal", "This address is not known here")
    default = Text(
        "Belum ada daerah dengan alamat ini. Periksa ejaannya.",
        "No municipality has this address. Check its spelling.",
    )


class TooMany(LumbungError):
    """Too many attempts; `retry_after` is in seconds."""

    status = 429
    slug = "too-many-requests"
    title = Text("Terlalu sering", "Too many attempts")
    default = Text("Tunggu sebentar, lalu coba lagi.", "Wait a moment, then try again.")

    def __init__(self, message: Text | None = None, *, retry_after: int = 60) -> None:
        super().__init__(message, retry_after=retry_after)
        self.retry_after = retry_after


class Unavailable(LumbungError):
    """The platform cannot answer right now."""

    status = 503
    slug = "unavailable"
    title = Text("Sedang tidak dapat melayani", "Temporarily unavailable")
    default = Text("Coba lagi sebentar lagi; isian Anda belum hilang.", "Try again shortly; nothing was lost.")
