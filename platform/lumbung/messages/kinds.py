"""What people are told, by what, and what of it they may switch off (ADR 52)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from lumbung.i18n import Text


class Channel(StrEnum):
    """How somebody is reached."""

    EMAIL = "email"
    PUSH = "push"


class MessageKind(StrEnum):
    """What a message is about. The values are stored with what people chose, and never renamed."""

    SECURITY = "security"
    OWN_RECORDS = "own_records"
    TASKS = "tasks"
    DEADLINES = "deadlines"
    ADMINISTRATION = "administration"


@dataclass(frozen=True)
class KindSpec:
    """One kind for people.

    `channels` can carry it; `needed` says why its e-mail cannot be switched off, None when it can. An `urgent` kind
    never waits. A `reminder` tells of nothing new and may wait for a working day. `for_members`: only who works in the
    municipality gets any.
    """

    label: Text
    help: Text
    channels: tuple[Channel, ...]
    needed: Text | None = None
    urgent: bool = False
    reminder: bool = False
    for_members: bool = False


KINDS: Mapping[MessageKind, KindSpec] = {
    MessageKind.SECURITY: KindSpec(
        label=Text("Masuk dan keamanan", "Sign-in and security"),
        help=Text(
            "Tautan kata sandi, undangan, dan aplikasi yang ditarik karena berbahaya.",
            "Links for your password, invitations, and apps that were withdrawn as dangerous.",
        ),
        channels=(Channel.EMAIL,),
        needed=Text(
            "Selalu dikirim seketika: tanpanya Anda tidak dapat masuk atau tidak tahu bahwa ada bahaya.",
            "Always sent at once: without it you could not sign in, or would not know of a danger.",
        ),
        urgent=True,
    ),
    MessageKind.OWN_RECORDS: KindSpec(
        label=Text("Laporan dan permohonan saya", "My reports and applications"),
        help=Text(
            "Diterima, dijawab, butuh keterangan, selesai.",
            "Received, answered, something to ask you, done.",
        ),
        channels=(Channel.EMAIL, Channel.PUSH),
    ),
    MessageKind.TASKS: KindSpec(
        label=Text("Pekerjaan untuk saya", "Work for me"),
        help=Text("Berkas baru di dinas Anda atau atas nama Anda.", "Something new for your agency, or for you."),
        channels=(Channel.EMAIL, Channel.PUSH),
        for_members=True,
    ),
    MessageKind.DEADLINES: KindSpec(
        label=Text("Batas waktu yang terlewati", "Missed deadlines"),
        help=Text("Pengingat sesuai jenjang: petugas, kepala dinas, admin.", "Reminders, rung by rung."),
        channels=(Channel.EMAIL, Channel.PUSH),
        needed=Text(
            "Surelnya tidak dapat dimatikan: warga dijanjikan bahwa atasan diberi tahu.",
            "Its e-mail cannot be switched off: residents are promised that superiors are told.",
        ),
        reminder=True,
        for_members=True,
    ),
    MessageKind.ADMINISTRATION: KindSpec(
        label=Text("Aplikasi dan versinya", "Apps and their versions"),
        help=Text(
            "Untuk admin dan penilai: versi baru, bantuan, jawaban penerbit.",
            "For administrators and evaluators: new versions, assistance, replies of publishers.",
        ),
        channels=(Channel.EMAIL,),
        reminder=True,
        for_members=True,
    ),
}
