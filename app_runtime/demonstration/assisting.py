"""Who helps whom in the demonstration: one case under way, one that is over with thanks, partners and material."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from app_catalog.assistance.acting import arrange, change, finish, say
from app_catalog.assistance.answering import helping
from app_catalog.assistance.asking import Wish, ask_for_help, asking_party
from app_catalog.assistance.closing import rate_help
from app_catalog.assistance.forms import Form
from app_catalog.assistance.material import add_material
from app_catalog.assistance.meetings import list_meetings
from app_catalog.assistance.models import AssistanceCase
from app_catalog.assistance.partnering import may_help, offer_help, reasons
from app_catalog.assistance.replying import answer
from app_catalog.assistance.telling import tell_of_request
from app_catalog.assistance.whom_to_ask import list_helpers
from app_catalog.installations.services import access_installation, find_installation
from app_runtime.demonstration.founding import Founded
from app_runtime.demonstration.generated.profiles import PROFILES
from app_runtime.demonstration.judging import maintainer_visitor
from app_runtime.demonstration.publishing import find_release
from app_runtime.demonstration.script import ADMIN, APP, City
from lumbung.db import as_tenant, set_clock
from lumbung.db.tenancy import AnySession
from lumbung.web.access import Visitor
from tenants.municipalities.models import Municipality

MOST_PARTNERS = 2
WATCH = "https://siaran.example.org/kotak-kerja"


def show_assistance(
    session: AnySession, *, maintainer: City, learning: Founded, thankful: Founded, until: datetime
) -> None:
    """Let two cities be helped by the app's publisher in the weeks before `until`; others offer to help."""
    app, _ = find_release(session)
    helper = maintainer_visitor(session, maintainer, app.publisher_id)
    with set_clock(until - timedelta(days=40)):
        add_material(
            session,
            app,
            account_id=helper.account_id,
            title={"id": "Video: satu hari di kotak kerja", "en": "Video: a day in the inbox"},
            about={"id": "Sepuluh menit, untuk petugas dinas.", "en": "Ten minutes, for officials of agencies."},
            url=WATCH,
        )
    _offers(session, app.id, until=until)
    _done(session, thankful, helper, until=until)
    _under_way(session, learning, helper, until=until)


def _under_way(session: AnySession, asker: Founded, helper: Visitor, *, until: datetime) -> None:
    case_id = _ask(
        session,
        asker,
        "training",
        "Empat puluh petugas lapangan belum pernah memakai kotak kerja. Kami ingin mereka menjawab dari ponsel.",
        at=until - timedelta(days=12),
    )
    _accept(session, helper, case_id, until - timedelta(days=11))
    _meet(session, asker, helper, case_id, "Mengenal kotak kerja", until - timedelta(days=5), until - timedelta(days=9))
    with set_clock(until - timedelta(days=4)), helping(session, helper, case_id) as helped:
        meeting = list_meetings(session, helped.case)[0]
        notes = "Dua puluh enam petugas menjawab satu laporan percobaan. Yang berikut: membagi tugas antardinas."
        change(session, helped.case, helped.party, meeting.id, _form(step="minutes", attendance="26", notes=notes))
    _meet(
        session,
        asker,
        helper,
        case_id,
        "Membagi tugas antardinas",
        until + timedelta(days=2),
        until - timedelta(days=3),
    )


def _done(session: AnySession, asker: Founded, helper: Visitor, *, until: datetime) -> None:
    words = "Kami ingin laporan langsung ke dinas tanpa operator. Mohon contoh pengaturannya dan risikonya."
    case_id = _ask(session, asker, "settings", words, at=until - timedelta(days=30))
    _accept(session, helper, case_id, until - timedelta(days=29))
    with set_clock(until - timedelta(days=28)), helping(session, helper, case_id) as helped:
        told = "Kami kirim pengaturan kami. Kuncinya: setiap kategori punya satu dinas, dan kepalanya terisi."
        say(session, helped.case, helped.party, _form(message=told))
    with as_tenant(session, asker.id), set_clock(until - timedelta(days=25)):
        case = session.get_one(AssistanceCase, (asker.id, case_id))
        visitor = asker.visitor(asker.city.with_role(ADMIN))
        finish(session, case, asking_party(session, visitor), _form(words="Sudah berjalan. Terima kasih."))
        rate_help(session, case, stars=5, words="Dijawab hari itu juga, dengan contoh nyata.", public=True)


def _ask(session: AnySession, asker: Founded, topic: str, words: str, *, at: datetime) -> UUID:
    """The publisher is asked, by the city's administrator."""
    visitor = asker.visitor(asker.city.with_role(ADMIN))
    with as_tenant(session, asker.id), set_clock(at):
        installation = access_installation(session, APP)
        helpers = list_helpers(session, installation.app_id, asker_id=asker.id)
        wish = Wish(
            topic=topic,
            form="online",
            suitable="Selasa atau Kamis pagi",
            words=words,
            helpers={helper.key for helper in helpers if helper.kind == "publisher"},
            contact=str(visitor.account_id),
            shares_progress=True,
        )
        case, chosen = ask_for_help(session, visitor, installation, wish)
        tell_of_request(session, case, chosen)
        return case.id


def _accept(session: AnySession, helper: Visitor, case_id: UUID, at: datetime) -> None:
    with set_clock(at), helping(session, helper, case_id) as helped:
        answer(session, helped, _form(answer="accept"))


def _meet(
    session: AnySession, asker: Founded, helper: Visitor, case_id: UUID, title: str, day: datetime, said_at: datetime
) -> None:
    """A session at nine in the morning of that day, proposed by the helper and agreed on the day after."""
    local = day.astimezone(ZoneInfo(asker.municipality.timezone)).replace(hour=9, minute=0)
    form = _form(
        title=title,
        time_1=f"{local:%Y-%m-%dT%H:%M}",
        minutes="90",
        form="online",
        place="https://rapat.example.org/siaran",
    )
    with set_clock(said_at), helping(session, helper, case_id) as helped:
        arrange(session, helped.case, helped.party, form)
    visitor = asker.visitor(asker.city.with_role(ADMIN))
    with as_tenant(session, asker.id), set_clock(said_at + timedelta(hours=5)):
        case = session.get_one(AssistanceCase, (asker.id, case_id))
        meeting = list_meetings(session, case)[-1]
        chosen = _form(step="agree", option=meeting.options[0])
        change(session, case, asking_party(session, visitor), meeting.id, chosen)


def _offers(session: AnySession, app_id: UUID, *, until: datetime) -> None:
    """The first generated municipalities that may offer to help do."""
    offered = 0
    for profile in PROFILES:
        municipality_id = session.scalar(select(Municipality.id).where(Municipality.slug == profile.slug))
        if municipality_id is None or offered == MOST_PARTNERS:
            continue
        with as_tenant(session, municipality_id), set_clock(until - timedelta(days=1)):
            installation = find_installation(session, APP)
            if installation is not None and may_help(reasons(session, installation)):
                words = "Kami tunjukkan cara kami membagi laporan dan menjaga batas waktunya."
                offer_help(session, installation, words=words, online=True, on_site=offered == 0)
                offered += 1


def _form(**answers: str) -> Form:
    return MultiDict(answers)
