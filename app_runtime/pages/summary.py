"""All answers of a form once more, before it is sent: in words, step by step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app_catalog.definitions.model import Field, FormStep
from app_runtime.pages.opening import OpenPage
from app_runtime.pages.sending import Sending
from app_runtime.pages.stepping import Step
from app_runtime.photos.uploads import KeptFile
from app_runtime.records.presenting import display_value
from app_runtime.records.running_app import RunningApp
from lumbung.i18n import pick, t


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: its label and text, or the files that it consists of."""

    label: str
    text: str
    files: Sequence[KeptFile] = ()
    long: bool = False


@dataclass(frozen=True, slots=True)
class AnsweredStep:
    """A step with its answers; those that were left open are said to be so."""

    step: FormStep
    answers: Sequence[Answer]


def answered_steps(opened: OpenPage, steps: Sequence[Step], sending: Sending) -> list[AnsweredStep]:
    """What will be sent. What its condition hides is left out."""
    hidden = sending.asked.hidden if sending.asked else frozenset[str]()
    return [
        AnsweredStep(
            one.step,
            [
                answer
                for name, spec in one.fields.items()
                if name not in hidden
                for answer in _answers(opened, spec, sending, hidden)
            ],
        )
        for one in steps
    ]


def _answers(opened: OpenPage, spec: Field, sending: Sending, hidden: frozenset[str]) -> list[Answer]:
    app, label, value = opened.app, pick(spec.label), sending.values.get(spec.id)
    if spec.target is not None:
        return [Answer(label, display_value(app, spec, value, opened.writer) or _empty())]
    if spec.type == "files":
        return [Answer(label, _empty(), sending.typed.kept.get(spec.id, ()))]
    if spec.type == "group":
        own = value or {}
        return [
            Answer(f"{label}: {pick(member.label)}", _text(app, member, own.get(member.id)))
            for member in spec.fields.values()
            if f"{spec.id}.{member.id}" not in hidden
        ]
    if spec.type == "list":
        rows = [_row(app, spec, row) for row in value or ()]
        return [Answer(f"{label} {n}", row) for n, row in enumerate(rows, 1)] or [Answer(label, _empty())]
    if spec.type == "point":
        landmark = sending.typed.texts.get(f"{spec.id}.text", "").strip()
        place = display_value(app, spec, value)
        return [Answer(label, ", ".join(part for part in (landmark, place) if part) or _empty())]
    return [Answer(label, _text(app, spec, value), long=spec.type in ("long_text", "markdown"))]


def _row(app: RunningApp, spec: Field, row: Mapping[str, Any]) -> str:
    parts = ((member, row.get(member.id)) for member in spec.fields.values())
    return "; ".join(f"{pick(member.label)}: {display_value(app, member, value)}" for member, value in parts if value)


def _text(app: RunningApp, spec: Field, value: Any) -> str:
    return display_value(app, spec, value) or _empty()


def _empty() -> str:
    return t("Tidak diisi", "Left empty")
