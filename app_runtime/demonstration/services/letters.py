"""Letters to the secretariat of the city, routed to its agencies."""

from __future__ import annotations

from datetime import datetime

from app_runtime.demonstration.services.script import Item, Service, Step, day_of, moment_of

_CLERK, _HEAD = "wati", "bambang"


def _letter(
    days: float, subject: str, sender: str, number: str, urgency: str, until: datetime, *steps: Step, **more: str
) -> Item:
    values = {
        "subject": subject,
        "sender": sender,
        "sender_number": number,
        "letter_date": day_of(until, -days - 2).isoformat(),
        "addressee": "setda",
        "urgency": urgency,
        "secrecy": "open",
        **more,
    }
    return Item("letter", days, _CLERK, values, steps)


def letters(until: datetime) -> Service:
    """A month of letters; invitations lie ahead."""

    def route(hours: float, *units: str, instruction: str, note: str = "") -> Step:
        asked = {"units": list(units), "instruction": instruction, **({"note": note} if note else {})}
        return Step(hours, _HEAD, "route", asked)

    def finish(hours: float, who: str, unit: str, result: str) -> Step:
        return Step(hours, who, "finish", {"result": result}, child=unit)

    return Service(
        "sisumaker",
        {},
        [
            _letter(
                26,
                "Undangan upacara Hari Sumpah Pemuda",
                "Gubernur Banten",
                "005/2210/Umum",
                "ordinary",
                until,
                route(3, "bagian-umum", instruction="attend"),
                finish(60, "yusuf", "bagian-umum", "Dihadiri Kepala Bagian Umum; laporan terlampir pada agenda."),
                Step(20, _CLERK, "file", {"kept_at": "Lemari 2, map undangan"}),
                event_on=moment_of(until, -23, 7),
            ),
            _letter(
                12,
                "Peringatan dini cuaca ekstrem",
                "BMKG Wilayah II",
                "e.B/ME.01/118",
                "very-urgent",
                until,
                route(1, "bpbd", "dlh", "dpu", instruction="follow-up", note="Siagakan pompa dan pohon rawan tumbang."),
                finish(8, "surya", "bpbd", "Posko siaga 24 jam di tujuh kecamatan."),
                finish(3, "robby", "dpu", "Enam pompa diuji, dua dipindah ke Ciledug Indah."),
            ),
            _letter(
                6,
                "Rapat koordinasi pengendalian banjir Kali Angke",
                "Balai Besar Wilayah Sungai",
                "UM.01.02/441",
                "urgent",
                until,
                route(2, "dpu", "bpbd", instruction="attend", note="Bawa data titik genangan."),
                event_on=moment_of(until, 2, 9),
                summary="Pembagian tugas pengerukan antara balai, kota, dan kabupaten.",
            ),
            _letter(
                4,
                "Undangan pembukaan pameran usaha mikro",
                "Kamar Dagang Banten",
                "021/KDB/XI",
                "ordinary",
                until,
                route(5, "bagian-umum", instruction="attend"),
                event_on=moment_of(until, 6, 10),
            ),
            _letter(
                1.2,
                "Undangan musyawarah warga soal jalur sepeda",
                "Forum Warga Bintaro",
                "07/FWB",
                "ordinary",
                until,
                event_on=moment_of(until, 11, 16),
            ),
            _letter(
                0.3,
                "Pemeriksaan kepatuhan layanan publik",
                "Ombudsman Perwakilan Banten",
                "T/118/LM",
                "urgent",
                until,
                secrecy="restricted",
            ),
        ],
    )
