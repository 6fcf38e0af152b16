"""A second app: a city publishes the one by which its citizens bring in ideas and complaints, and answers them."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from app_catalog.installations.models import Installation
from app_catalog.installations.services import enable_app
from app_catalog.publishers.models import Publisher
from app_catalog.releases.models import App, Release
from app_catalog.releases.reading import PackageRefused
from app_catalog.releases.submission import publish_folder
from app_runtime.demonstration.founding import Founded
from app_runtime.demonstration.living import Life, Story
from app_runtime.demonstration.publishing import BUNDLED, PackageUnfit
from app_runtime.demonstration.rating import rate_closed
from app_runtime.demonstration.script import ADMIN, VOICE_HANDLER, VOICE_SECRETARY, VOICES
from app_runtime.records.actors import actor_for
from app_runtime.records.creating import create_record
from app_runtime.records.models import Record
from app_runtime.records.moderation import set_checked
from app_runtime.workflow.acting import take_action
from lumbung.db import as_tenant, set_clock
from lumbung.db.tenancy import AnySession
from lumbung.web.access import ANONYMOUS

_BEFORE = timedelta(days=24)
TOPICS = {
    "public-service": "layanan",
    "roads": "dishub",
    "environment": "dlh",
    "education": "disdik",
    "health": "dinkes",
    "economy": "layanan",
    "other": "layanan",
}
"""Which office answers for each topic."""

Step = tuple[float, str, dict[str, str]]
"""Hours after the one before, an action, and what is said."""


@dataclass(frozen=True, slots=True)
class Voice:
    """What somebody brings in, how many days ago, and what is done with it. `spot` is the place, where there is one."""

    days: float
    values: dict[str, Any]
    steps: tuple[Step, ...] = ()
    spot: int | None = None


_QUEUE = "Mulai pekan depan loket pindah alamat menjadi dua, dan nomor untuk sore dapat diambil sejak pagi."
VOICES_RAISED: tuple[Voice, ...] = (
    Voice(
        20,
        {
            "kind": "idea",
            "title": "Taman bacaan di balai warga",
            "topic": "education",
            "description": "Anak-anak pulang sekolah tidak punya tempat membaca, sedangkan balai warga kosong "
            "pada sore hari. Rak dan dua meja sudah cukup untuk mulai.",
        },
        (
            (30, "study", {"answer": "Kami mendata balai warga yang kosong dan menghitung biaya raknya."}),
            (150, "adopt", {"outcome": "Lima taman bacaan masuk rencana tahun depan, mulai dari Cipondoh."}),
        ),
        13,
    ),
    Voice(
        16,
        {
            "kind": "complaint",
            "title": "Antre surat pindah dari pagi sampai sore",
            "topic": "public-service",
            "description": "Nomor dibagikan pukul 8, loket hanya satu, dan selesai pukul 15.",
            "office": "Loket kependudukan kecamatan",
        },
        ((9, "answer", {"answer": _QUEUE}),),
    ),
    Voice(
        11,
        {
            "kind": "idea",
            "title": "Peneduh di halte depan pasar",
            "topic": "roads",
            "description": "Penumpang menunggu di bawah matahari. Atap sederhana dan bangku sudah menolong.",
        },
        ((46, "study", {"answer": "Petugas mengukur trotoar; keputusannya kami kabarkan di sini."}),),
        1,
    ),
    Voice(
        8,
        {
            "kind": "complaint",
            "title": "Truk sampah lewat hanya seminggu sekali",
            "topic": "environment",
            "description": "Dulu dua kali seminggu. Sejak bulan lalu sekali, dan tumpukannya sampai ke jalan.",
        },
        (
            (7, "ask", {"question": "Di gang berapa dan hari apa truk terakhir lewat?"}),
            (12, "reply", {"reply": "Gang Mawar, terakhir hari Selasa pagi."}),
            (6, "answer", {"answer": "Jadwal Gang Mawar kembali Selasa dan Jumat mulai minggu ini. Mohon maaf."}),
        ),
        10,
    ),
    Voice(
        4,
        {
            "kind": "idea",
            "title": "Puskesmas buka Sabtu sore",
            "topic": "health",
            "description": "Banyak orang tua bekerja Senin sampai Jumat. Imunisasi Sabtu sore akan sangat membantu.",
        },
    ),
    Voice(
        2,
        {
            "kind": "complaint",
            "title": "Bus koridor 2 tidak datang sejak subuh",
            "topic": "roads",
            "description": "Kami menunggu dari pukul 5 sampai 6.30 dan akhirnya naik ojek.",
        },
        spot=15,
    ),
    Voice(
        0.3,
        {
            "kind": "complaint",
            "title": "Lampu ruang tunggu puskesmas mati",
            "topic": "health",
            "description": "Sejak kemarin ruang tunggu gelap pada sore hari.",
            "office": "Puskesmas Cipondoh",
        },
    ),
)


def raise_voices(session: AnySession, founded: Founded, *, until: datetime) -> None:
    """The city publishes its app for ideas and complaints, enables it, and answers most of what comes in.

    Raises PackageUnfit when the bundled package is refused.
    """
    admin = founded.visitor(founded.city.with_role(ADMIN))
    with set_clock(until - _BEFORE):
        publisher = session.scalars(select(Publisher).where(Publisher.slug == founded.city.slug)).one()
        release = publish_folder(session, publisher, BUNDLED / VOICES, account_id=admin.account_id)
        if isinstance(release, PackageRefused):
            raise PackageUnfit(str(release))
    with as_tenant(session, founded.id):
        with set_clock(until - _BEFORE + timedelta(days=1)):
            installation = _enable(session, founded, release)
        life = Life(session, founded, installation, until, random.Random(VOICES))  # noqa: S311 - always the same.
        for voice in VOICES_RAISED:
            life.begin(_story(life, voice), until - timedelta(days=voice.days))
        life.run()
        rate_closed(session, installation, until=until, seed=VOICES)


def _enable(session: AnySession, founded: Founded, release: Release) -> Installation:
    return enable_app(
        session,
        app=session.get_one(App, release.app_id),
        release=release,
        overrides={"topics": {topic: {"agency": office} for topic, office in TOPICS.items()}},
        account_id=founded.visitor(founded.city.with_role(ADMIN)).account_id,
    )


def _story(life: Life, voice: Voice) -> Story:
    city = life.founded.city
    values = dict(voice.values)
    if voice.spot is not None:
        spot = city.spots[voice.spot]
        values["place"] = [spot.lon, spot.lat]
    citizen = actor_for(life.session, ANONYMOUS, life.installation)
    created = create_record(life.session, life.installation, citizen, "voice", values)
    record = created.record
    yield life.later(1, 3)
    secretary = life.actor(city.with_role(VOICE_SECRETARY))
    set_checked(life.session, record, secretary, True)
    for hours, action, said in voice.steps:
        yield life.later(hours, hours + 2)
        _act(life, record, created.tracking_code, voice, action, said)


def _act(life: Life, record: Record, code: str, voice: Voice, action: str, said: dict[str, str]) -> None:
    if action == "reply":
        who = actor_for(life.session, ANONYMOUS, life.installation, tracking_code=code)
    else:
        office = TOPICS[voice.values["topic"]]
        people = (one for one in life.founded.city.people if one.office == office and VOICE_HANDLER in one.roles)
        who = life.actor(next(people))
    take_action(life.session, record, who, action, said)
