"""Whole packages from a seed: each valid, each different; and copies of one, as they are made in real life."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, product
from typing import Any

from tests.generated_apps.activities import ACTIVITIES, Activity
from tests.generated_apps.fields import FIELDS
from tests.generated_apps.subjects import PLACES, SUBJECTS, Subject

SEED = 2026
MANY = 400
_EACH = 4
_LICENCES = ("EUPL-1.2", "AGPL-3.0-or-later", "MIT", "Apache-2.0")
_TONES = ("#0b7a75", "#8a3b12", "#3d4c9a", "#5b6b1f", "#7a2352", "#1f5f8a")
_ROLES = {
    "clerk": ("Petugas loket", "Clerk"),
    "officer": ("Petugas penerbitan", "Officer"),
    "handler": ("Petugas lapangan", "Field officer"),
    "inspector_role": ("Pemeriksa", "Inspector"),
    "keeper": ("Pengelola", "Keeper"),
    "planner": ("Perencana", "Planner"),
    "registrar": ("Pendata", "Registrar"),
    "surveyor": ("Penyurvei", "Surveyor"),
    "head_of_aid": ("Kepala bidang bantuan", "Head of aid"),
}


@dataclass(frozen=True, slots=True)
class GeneratedApp:
    """A package by its files, and which of `PLACES` publishes it."""

    slug: str
    place: int
    files: dict[str, bytes]


def generate_apps(count: int = MANY, *, seed: int = SEED) -> list[GeneratedApp]:
    """So many apps, the same for the same seed; each category and activity is among them, no name twice."""
    return list(islice(_all_apps(seed), count))


def copy_of(app: GeneratedApp, *, slug: str, name: str, place: int, seed: int = SEED) -> GeneratedApp:
    """The same app as another publisher offers it: its own name, words and one field more, the rest as it was."""
    chance = random.Random(f"{seed}-{slug}")
    form: dict[str, Any] = json.loads(app.files["app.yaml"])
    form.update(id=slug, name={"id": name, "en": name})
    about: dict[str, Any] = json.loads(app.files["publiccode.yml"])
    for texts in about["description"].values():
        texts["localisedName"] = name
    about["name"] = name[:40]
    record_path = next(path for path in app.files if path.startswith("records/"))
    record: dict[str, Any] = json.loads(app.files[record_path])
    more = chance.choice(sorted(set(FIELDS) - set(record["fields"])))
    record["fields"][more] = _field(more, chance)
    changed = {"app.yaml": form, "publiccode.yml": about, record_path: record}
    files = {**app.files, **{path: _written(content) for path, content in changed.items()}}
    return GeneratedApp(slug, place, {**files, "icon.svg": _icon(slug, chance)})


def _all_apps(seed: int) -> Iterator[GeneratedApp]:
    kinds = list(ACTIVITIES)
    most = max(len(subjects) for subjects in SUBJECTS.values())
    # The categories turn fastest, so that few apps too are of every category.
    for turn, number in product(range(_EACH), range(most)):
        for place, (category, subjects) in enumerate(SUBJECTS.items()):
            yield _app(category, subjects[number], kinds[(place + number + 2 * turn) % len(kinds)], seed)


def _app(category: str, subject: Subject, kind: str, seed: int) -> GeneratedApp:
    subject_id, name, name_en, own_fields = subject
    slug = f"{kind.replace('_', '-')}-{subject_id}"
    chance = random.Random(f"{seed}-{slug}")
    activity = ACTIVITIES[kind]
    title = f"{activity.brand}-{subject_id.upper()}: {activity.name.format(name)}"
    title_en = f"{activity.brand}-{subject_id.upper()}: {activity.name_en.format(name_en)}"
    place = chance.randrange(len(PLACES))
    fields = list(dict.fromkeys((*own_fields, *activity.fields)))
    fields += chance.sample(sorted(set(FIELDS) - set(fields)), chance.randint(0, 2))
    files = {
        "app.yaml": _written(_form(slug, category, (title, title_en), activity, chance)),
        "publiccode.yml": _written(_description(slug, (title, title_en), (name, name_en), activity, place, chance)),
        "records/entry.yaml": _written(_record(fields, activity, chance)),
        "pages/form.yaml": _written(_page_form(fields, activity)),
        "pages/list.yaml": _written(_page_list(activity)),
        "messages/received.yaml": _written(_MESSAGE),
        "README.md": f"# {title}\n\n{activity.name.format(name)}, dari {PLACES[place][1]}.\n".encode(),
        "CHANGELOG.md": b"# Perubahan\n\n## 1.0.0\n\n### Bahasa Indonesia\n\n- Terbitan pertama.\n\n"
        b"### English\n\n- First release.\n",
        "icon.svg": _icon(slug, chance),
    }
    return GeneratedApp(slug, place, files)


def _form(
    slug: str, category: str, names: tuple[str, str], activity: Activity, chance: random.Random
) -> dict[str, Any]:
    settings: dict[str, Any] = {
        f"{span_id}_within": {
            "type": "duration",
            "label": {"id": f"Batas waktu: {label}", "en": f"Time limit: {label_en}"},
            "default": value,
        }
        for span_id, label, label_en, value in activity.spans
    }
    first = {"boolean": True, "integer": 10, "money": 250_000, "text": {"id": "Kepala dinas", "en": "Head of agency"}}
    for setting_id, kind, label, label_en in activity.settings:
        settings[setting_id] = {"type": kind, "label": {"id": label, "en": label_en}, "default": first[kind]}
    roles = {move[5] for move in activity.moves}
    return {
        "format": 1,
        "id": slug,
        "version": "1.0.0",
        "name": {"id": names[0], "en": names[1]},
        "category": category,
        "audience": chance.choice(("public-service", "public-service", "government")),
        "requires": {"lumbung": ">=0.1,<2"},
        "personal_data": {
            "purpose": {"id": "Menjalankan layanan ini", "en": "Running this service"},
            "basis": "public-task",
            "retention": chance.choice(("P1Y", "P2Y", "P5Y")),
        },
        "roles": {role: {"name": {"id": _ROLES[role][0], "en": _ROLES[role][1]}} for role in sorted(roles)},
        "settings": settings,
    }


def _description(
    slug: str,
    names: tuple[str, str],
    subject: tuple[str, str],
    activity: Activity,
    place: int,
    chance: random.Random,
) -> dict[str, Any]:
    owner = PLACES[place][1]
    long = (
        f"Warga dan petugas memakai aplikasi ini untuk {activity.name.format(subject[0]).lower()}. Berkas masuk "
        f"sekali, sampai ke dinas yang berwenang, dan setiap langkah tercatat dengan tenggatnya. Dibuat {owner} dan "
        "dibagikan supaya daerah lain tidak perlu membuatnya lagi."
    )
    long_en = (
        f"Citizens and officials use this app for {activity.name_en.format(subject[1]).lower()}. Papers come in once, "
        f"reach the agency in charge, and each step is kept with its deadline. Made by {owner} and shared so that "
        "others need not make it again."
    )
    return {
        "publiccodeYmlVersion": "0.4",
        "name": names[0][:40],
        "url": f"https://git.example.org/{PLACES[place][0]}/{slug}",
        "softwareVersion": "1.0.0",
        "releaseDate": f"2026-{chance.randint(1, 9):02}-{chance.randint(1, 28):02}",
        "logo": "icon.svg",
        "platforms": ["web"],
        "developmentStatus": chance.choice(("beta", "stable", "stable")),
        "softwareType": "standalone/web",
        "description": {
            "id": {
                "localisedName": names[0],
                "shortDescription": f"{activity.name.format(subject[0])} dari ponsel, dengan tenggat yang jelas.",
                "longDescription": long,
                "features": [state[1] for state in activity.states],
            },
            "en": {
                "localisedName": names[1],
                "shortDescription": f"{activity.name_en.format(subject[1])} from a phone, with clear deadlines.",
                "longDescription": long_en,
                "features": [state[2] for state in activity.states],
            },
        },
        "legal": {"license": chance.choice(_LICENCES), "mainCopyrightOwner": owner, "repoOwner": owner},
        "maintenance": {"type": "internal", "contacts": [{"name": f"Tim {owner}", "email": "tim@example.org"}]},
        "localisation": {"localisationReady": True, "availableLanguages": ["id", "en"]},
    }


def _record(fields: list[str], activity: Activity, chance: random.Random) -> dict[str, Any]:
    ends = [move[0] for move in activity.moves if _is_end(activity, move[4])]
    roles = sorted({move[5] for move in activity.moves})
    return {
        "name": {"id": activity.noun[0], "en": activity.noun[1]},
        "number": {"pattern": "{year}/{seq:05}", "per": ["year"]},
        "title": "record.about",
        "fields": {
            "about": {
                "type": "text",
                "required": True,
                "max": 120,
                "label": {"id": "Tentang apa", "en": "What it is about"},
            },
            **{name: _field(name, chance) for name in fields},
        },
        "access": {
            "resident": {"create": {}, "read": {"rows": "own"}},
            **{role: {"create": {}, "read": {"rows": "all"}, "update": {"fields": "all"}} for role in roles},
            "tenant_admin": {"read": {"rows": "all"}},
        },
        "workflow": {
            "start": activity.states[0][0],
            "states": {
                state: {"label": {"id": label, "en": label_en}, "tone": tone, **({"end": end} if end else {})}
                for state, label, label_en, tone, end in activity.states
            },
            "actions": {
                move: {"label": {"id": label, "en": label_en}, "from": [start], "to": to, "by": [who]}
                for move, label, label_en, start, to, who in activity.moves
            },
        },
        "clocks": {
            span_id: {
                "label": {"id": label, "en": label_en},
                "within": f"settings.{span_id}_within",
                "starts": ["created"],
                "met_by": ends,
                "time": "working" if value.endswith("WD") else "wall",
            }
            for span_id, label, label_en, value in activity.spans
        },
        "automations": {"thank": {"on": "created", "send": "received", "to": "tenant_admin"}},
    }


def _is_end(activity: Activity, state: str) -> bool:
    return any(one[0] == state and one[4] for one in activity.states)


def _field(name: str, chance: random.Random) -> dict[str, Any]:
    kind, label, label_en = FIELDS[name]
    field: dict[str, Any] = {"type": kind, "label": {"id": label, "en": label_en}}
    if kind == "files":
        return {**field, "accept": ["image/*", "application/pdf"], "max_count": chance.choice((1, 3, 5))}
    if kind in ("text", "long_text"):
        field["max"] = 120 if kind == "text" else 2000
    return field


def _page_form(fields: list[str], activity: Activity) -> dict[str, Any]:
    return {
        "kind": "form",
        "for": "resident",
        "record": "entry",
        "title": {"id": activity.noun[0], "en": activity.noun[1]},
        "steps": {"all": {"label": {"id": "Isian", "en": "Answers"}, "fields": ["about", *fields]}},
    }


def _page_list(activity: Activity) -> dict[str, Any]:
    return {
        "kind": "list",
        "for": [*sorted({move[5] for move in activity.moves}), "tenant_admin"],
        "record": "entry",
        "title": {"id": f"Semua: {activity.noun[0]}", "en": f"All: {activity.noun[1]}"},
        "columns": ["number", "about", "state", "created_at"],
        "filters": ["state"],
        "sort": "-created_at",
    }


_MESSAGE = {
    "email": {
        "subject": {"id": "{{ record.number }} kami terima", "en": "We received {{ record.number }}"},
        "body": {"id": "Ikuti kabarnya di: {{ link }}", "en": "Follow it at: {{ link }}"},
    }
}


def _icon(slug: str, chance: random.Random) -> bytes:
    tone = chance.choice(_TONES)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96" role="img" aria-label="{slug}">'
        f'<rect width="96" height="96" rx="22" fill="{tone}"/>'
        f'<circle cx="48" cy="48" r="{chance.randint(14, 30)}" fill="#fff"/></svg>\n'
    ).encode()


def _written(content: Any) -> bytes:
    """JSON, which is YAML too."""
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()
