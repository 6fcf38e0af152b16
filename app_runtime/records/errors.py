"""Why something cannot be done with a record. `details["because"]` is what scenarios and the API call the reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from lumbung.errors import Conflict, Forbidden, Invalid
from lumbung.i18n import Text

Because = Literal["state", "role", "condition", "required", "invalid", "disabled", "duplicate", "capacity", "invariant"]


def stale_form() -> Conflict:
    """The record changed its state after the form was opened."""
    return Conflict(
        Text(
            "Orang lain baru saja menangani laporan ini. Periksa keadaannya; mungkin tindakan Anda tak perlu lagi.",
            "Somebody else has just handled this report. Look at how it stands; your action may no longer be needed.",
        ),
        because="state",
    )


def wrong_state(action: str, state: str) -> Conflict:
    """The action is not possible in the record's state; both are labels in the reader's language."""
    return Conflict(
        Text(
            "“{action}” tidak dapat dilakukan karena keadaannya “{state}”. Muat ulang halaman untuk melihat pilihan.",
            "“{action}” is not possible because the state is “{state}”. Reload the page to see what is.",
        ).format(action=action, state=state),
        because="state",
    )


def too_late(action: str) -> Conflict:
    """The time in which the action was possible is over."""
    return Conflict(
        Text(
            "Waktu untuk “{action}” sudah lewat. Silakan buat yang baru.",
            "The time for “{action}” is over. Please make a new one.",
        ).format(action=action),
        because="condition",
    )


def condition_failed(action: str) -> Conflict:
    """The condition of the action does not hold."""
    return Conflict(
        Text(
            "Syarat untuk “{action}” belum terpenuhi pada data ini.",
            "The condition for “{action}” is not met for this record.",
        ).format(action=action),
        because="condition",
    )


def not_by_you(action: str) -> Forbidden:
    """Nobody in the actor's roles may do this to this record."""
    return Forbidden(
        Text(
            "Peran Anda tidak boleh melakukan “{action}” pada data ini.",
            "Your role may not do “{action}” to this record.",
        ).format(action=action),
        because="role",
    )


def not_by_the_same(action: str, taken: str) -> Forbidden:
    """Four eyes: who took one action on this record may not take the other; both are labels."""
    return Forbidden(
        Text(
            "“{action}” harus dilakukan orang lain, karena Anda yang melakukan “{taken}” pada data ini.",
            "“{action}” is for somebody else, because it was you who did “{taken}” on this record.",
        ).format(action=action, taken=taken),
        because="role",
    )


def app_disabled() -> Conflict:
    """The municipality has taken the app off its portal."""
    return Conflict(
        Text(
            "Layanan ini sedang dinonaktifkan. Data yang ada tetap dapat dibaca.",
            "This service is switched off at present. What there is can still be read.",
        ),
        because="disabled",
    )


def invalid_answers(fields: Mapping[str, list[str]], *, missing: bool, unmet: bool = False) -> Invalid:
    """Answers that do not fit, by field id; `missing` when a required one was left out, `unmet` when what is named is
    none of those that may be chosen."""
    return Invalid(fields=fields, because="required" if missing else "condition" if unmet else "invalid")


def unknown_action(action: str) -> Conflict:
    """The record's own definition does not know the action."""
    return Conflict(
        Text("Tindakan “{action}” tidak dikenal.", "There is no action “{action}”.").format(action=action),
        because="state",
    )
