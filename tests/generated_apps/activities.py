"""What people do with a subject: how such an app is named, its states, the way through them, deadlines, settings."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Activity:
    """`name` and `name_en` take the subject; `states` are id, Indonesian, English, tone and how they end (or nothing);
    `moves` are id, Indonesian, English, from, to and who does it; `spans` are clocks with their first value."""

    name: str
    name_en: str
    noun: tuple[str, str]
    brand: str
    states: tuple[tuple[str, str, str, str, str], ...]
    moves: tuple[tuple[str, str, str, str, str, str], ...]
    spans: tuple[tuple[str, str, str, str], ...]
    fields: tuple[str, ...]
    settings: tuple[tuple[str, str, str, str], ...]


ACTIVITIES: dict[str, Activity] = {
    "registration": Activity(
        "Pendaftaran {0}",
        "{0} registration",
        ("Pendaftaran", "Registration"),
        "DAFTAR",
        (
            ("submitted", "Masuk", "Submitted", "amber", ""),
            ("checked", "Diperiksa", "Checked", "blue", ""),
            ("registered", "Terdaftar", "Registered", "green", "success"),
            ("turned_down", "Ditolak", "Turned down", "grey", "other"),
        ),
        (
            ("check", "Periksa berkas", "Check the papers", "submitted", "checked", "clerk"),
            ("register", "Daftarkan", "Register", "checked", "registered", "clerk"),
            ("turn_down", "Tolak", "Turn down", "submitted", "turned_down", "clerk"),
        ),
        (("registering", "Pendaftaran selesai", "Registration done", "P3WD"),),
        ("name", "phone"),
        (("walk_in", "boolean", "Terima di loket", "Take at the counter"),),
    ),
    "application": Activity(
        "Permohonan {0}",
        "{0} application",
        ("Permohonan", "Application"),
        "MOHON",
        (
            ("received", "Diterima", "Received", "amber", ""),
            ("review", "Ditelaah", "Under review", "blue", ""),
            ("signed", "Terbit", "Issued", "green", "success"),
            ("refused", "Ditolak", "Refused", "red", "other"),
        ),
        (
            ("review", "Telaah", "Review", "received", "review", "officer"),
            ("sign", "Terbitkan", "Issue", "review", "signed", "officer"),
            ("refuse", "Tolak dengan alasan", "Refuse", "review", "refused", "officer"),
        ),
        (("issue", "Penerbitan", "Issuing", "P5WD"), ("first_look", "Telaah pertama", "First look", "PT24H")),
        ("applicant", "purpose", "document"),
        (("fee", "money", "Biaya layanan", "Fee"), ("signer", "text", "Pejabat penanda tangan", "Who signs")),
    ),
    "report": Activity(
        "Laporan {0}",
        "{0} report",
        ("Laporan", "Report"),
        "LAPOR",
        (
            ("new", "Baru", "New", "amber", ""),
            ("handled", "Ditangani", "Being handled", "blue", ""),
            ("done", "Selesai", "Done", "green", "success"),
            ("not_ours", "Bukan kewenangan", "Not ours", "grey", "other"),
        ),
        (
            ("handle", "Tangani", "Handle", "new", "handled", "handler"),
            ("finish", "Selesaikan", "Finish", "handled", "done", "handler"),
            ("decline", "Bukan kewenangan", "Not ours", "new", "not_ours", "handler"),
        ),
        (("answer", "Jawaban", "Answer", "PT48H"),),
        ("location", "photos"),
        (("show_on_map", "boolean", "Tampilkan di peta", "Show on the map"),),
    ),
    "inspection": Activity(
        "Pemeriksaan {0}",
        "{0} inspection",
        ("Pemeriksaan", "Inspection"),
        "PERIKSA",
        (
            ("planned", "Dijadwalkan", "Planned", "grey", ""),
            ("visited", "Dikunjungi", "Visited", "blue", ""),
            ("passed", "Laik", "Passed", "green", "success"),
            ("failed", "Tidak laik", "Failed", "red", "other"),
        ),
        (
            ("visit", "Kunjungi", "Visit", "planned", "visited", "inspector_role"),
            ("pass", "Nyatakan laik", "Pass", "visited", "passed", "inspector_role"),
            ("fail", "Nyatakan tidak laik", "Fail", "visited", "failed", "inspector_role"),
        ),
        (("visiting", "Kunjungan", "Visit", "P10WD"),),
        ("inspector", "visit_time", "finding"),
        (("points_to_pass", "integer", "Nilai lulus", "Score to pass"),),
    ),
    "booking": Activity(
        "Pemesanan {0}",
        "{0} booking",
        ("Pemesanan", "Booking"),
        "PESAN",
        (
            ("asked", "Diminta", "Asked for", "amber", ""),
            ("confirmed", "Dikonfirmasi", "Confirmed", "blue", ""),
            ("used", "Terpakai", "Used", "green", "success"),
            ("cancelled", "Dibatalkan", "Cancelled", "grey", "other"),
        ),
        (
            ("confirm", "Konfirmasi", "Confirm", "asked", "confirmed", "keeper"),
            ("use", "Catat terpakai", "Mark as used", "confirmed", "used", "keeper"),
            ("cancel", "Batalkan", "Cancel", "asked", "cancelled", "keeper"),
        ),
        (("confirmation", "Konfirmasi", "Confirmation", "PT12H"),),
        ("start_date", "end_date", "phone"),
        (("days_ahead", "integer", "Paling awal (hari)", "Days ahead"), ("deposit", "money", "Jaminan", "Deposit")),
    ),
    "proposal": Activity(
        "Usulan {0}",
        "{0} proposal",
        ("Usulan", "Proposal"),
        "USUL",
        (
            ("drafted", "Diusulkan", "Proposed", "amber", ""),
            ("weighed", "Dibahas", "Weighed", "blue", ""),
            ("ranked", "Masuk daftar", "Ranked", "blue", ""),
            ("taken", "Diterima", "Taken up", "green", "success"),
            ("left_out", "Belum diterima", "Left out", "grey", "other"),
        ),
        (
            ("weigh", "Bahas", "Weigh", "drafted", "weighed", "planner"),
            ("rank", "Masukkan daftar", "Rank", "weighed", "ranked", "planner"),
            ("take", "Terima", "Take up", "ranked", "taken", "planner"),
            ("leave_out", "Belum diterima", "Leave out", "weighed", "left_out", "planner"),
        ),
        (("weighing", "Pembahasan", "Weighing", "P14WD"),),
        ("need", "expected_result", "amount"),
        (
            ("ceiling", "money", "Pagu", "Ceiling"),
            ("votes_needed", "integer", "Dukungan paling sedikit", "Least support"),
        ),
    ),
    "record_keeping": Activity(
        "Pendataan {0}",
        "{0} register",
        ("Data", "Entry"),
        "DATA",
        (
            ("noted", "Dicatat", "Noted", "grey", ""),
            ("verified", "Terverifikasi", "Verified", "green", "success"),
            ("void", "Tidak berlaku", "Void", "grey", "other"),
        ),
        (
            ("verify", "Verifikasi", "Verify", "noted", "verified", "registrar"),
            ("annul", "Nyatakan tidak berlaku", "Declare void", "noted", "void", "registrar"),
        ),
        (("verification", "Verifikasi", "Verification", "P7D"),),
        ("counted_on", "condition"),
        (("yearly", "boolean", "Diulang tiap tahun", "Repeated each year"),),
    ),
    "assistance": Activity(
        "Bantuan {0}",
        "{0} aid",
        ("Permintaan bantuan", "Aid request"),
        "BANTU",
        (
            ("requested", "Diminta", "Requested", "amber", ""),
            ("surveyed", "Disurvei", "Surveyed", "blue", ""),
            ("granted", "Disetujui", "Granted", "blue", ""),
            ("handed_over", "Diserahkan", "Handed over", "green", "success"),
            ("not_granted", "Tidak disetujui", "Not granted", "grey", "other"),
        ),
        (
            ("survey", "Survei", "Survey", "requested", "surveyed", "surveyor"),
            ("grant", "Setujui", "Grant", "surveyed", "granted", "head_of_aid"),
            ("hand_over", "Serahkan", "Hand over", "granted", "handed_over", "surveyor"),
            ("not_grant", "Tidak setujui", "Do not grant", "surveyed", "not_granted", "head_of_aid"),
        ),
        (("survey_time", "Survei", "Survey", "P7WD"), ("handover_time", "Penyerahan", "Handing over", "P21D")),
        ("household", "family_size", "income"),
        (("most_amount", "money", "Bantuan paling banyak", "Most aid"),),
    ),
}
