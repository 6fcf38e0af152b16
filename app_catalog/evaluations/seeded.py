"""The first rubric of every category of apps: the five common criteria, and two that matter there most.

Curators write later versions (`app_catalog.campaigns.rubrics`); what stands here is version 1 for good, because
evaluations elsewhere may name it.
"""

from __future__ import annotations

from typing import Final

from app_catalog.catalog.categories import category_name
from app_catalog.evaluations.criteria import CRITERIA, Criterion
from app_catalog.evaluations.rubric import STANDING, Rubric
from lumbung.i18n import Text

_Own = tuple[str, int, Text, Text]

_OWN: Final[dict[str, tuple[_Own, _Own]]] = {
    "complaints": (
        ("answers", 20, Text("Jawaban kepada pelapor", "Answers to reporters"),
         Text("Apakah pelapor mendapat jawaban yang jelas sebelum tenggat?",
              "Do people who report get a clear answer before the deadline?")),
        ("follow-up", 15, Text("Tindak lanjut di lapangan", "Follow-up in the field"),
         Text("Apakah keadaan di lapangan sungguh berubah, dan buktinya terlihat?",
              "Do things really change on the ground, with proof that can be seen?")),
    ),
    "letters": (
        ("correctness", 20, Text("Kebenaran isi surat", "Correctness of letters"),
         Text("Seberapa sering surat terbit benar pada kali pertama?",
              "How often is a letter right the first time?")),
        ("fewer-visits", 15, Text("Warga tidak perlu datang", "No visit needed"),
         Text("Apakah surat dapat diurus sampai selesai tanpa datang ke kantor?",
              "Can a letter be had from start to end without coming to the office?")),
    ),
    "permits": (
        ("clear-rules", 20, Text("Kejelasan syarat", "Clear requirements"),
         Text("Apakah pemohon tahu sejak awal apa saja yang harus dipenuhi?",
              "Do applicants know from the start what they need?")),
        ("in-time", 15, Text("Ketepatan waktu", "In time"),
         Text("Apakah izin terbit dalam waktu yang dijanjikan?",
              "Are permits issued within the promised time?")),
    ),
    "population": (
        ("data-quality", 20, Text("Mutu data", "Quality of data"),
         Text("Apakah data penduduk tetap benar, tanpa ganda dan tanpa hilang?",
              "Do data on people stay right, without doubles or losses?")),
        ("privacy", 15, Text("Perlindungan data pribadi", "Protection of personal data"),
         Text("Apakah hanya yang berhak yang melihat data pribadi?",
              "Do only those entitled see personal data?")),
    ),
    "health": (
        ("reach", 15, Text("Jangkauan", "Reach"),
         Text("Apakah ibu, lansia, dan warga tanpa ponsel pun terlayani?",
              "Are mothers, the old and people without a phone served too?")),
        ("privacy", 20, Text("Kerahasiaan", "Confidentiality"),
         Text("Apakah keadaan kesehatan orang tetap rahasia?", "Does people's health stay confidential?")),
    ),
    "education": (
        ("reach", 20, Text("Jangkauan sekolah", "Reach of schools"),
         Text("Apakah semua sekolah memakainya, juga yang jaringannya lemah?",
              "Do all schools use it, also those with a weak network?")),
        ("fairness", 15, Text("Keadilan", "Fairness"),
         Text("Apakah setiap anak diperlakukan sama oleh aturannya?",
              "Do its rules treat every child the same?")),
    ),
    "employment": (
        ("matching", 20, Text("Kecocokan lowongan", "Matching of jobs"),
         Text("Apakah pencari kerja sungguh bertemu lowongan yang cocok?",
              "Do people looking for work really meet fitting jobs?")),
        ("trust", 15, Text("Lowongan yang benar", "True vacancies"),
         Text("Apakah lowongan diperiksa, sehingga tidak ada yang tertipu?",
              "Are vacancies checked, so that nobody is deceived?")),
    ),
    "transport": (
        ("freshness", 20, Text("Kekinian informasi", "Freshness of information"),
         Text("Apakah yang ditampilkan sesuai dengan keadaan di jalan saat itu?",
              "Does it show what the road is like at that moment?")),
        ("coverage", 15, Text("Cakupan", "Coverage"),
         Text("Apakah semua trayek, simpang, atau rambu tercatat?",
              "Are all lines, junctions or signs recorded?")),
    ),
    "planning": (
        ("participation", 20, Text("Keterlibatan warga", "Participation"),
         Text("Apakah usulan warga terbaca sampai menjadi rencana?",
              "Do residents' proposals stay visible until they are a plan?")),
        ("traceable", 15, Text("Keterlacakan", "Traceability"),
         Text("Apakah setiap kegiatan dapat ditelusuri ke usulan dan tujuannya?",
              "Can each activity be traced to its proposal and its goal?")),
    ),
    "budget": (
        ("accuracy", 20, Text("Ketelitian angka", "Accuracy of figures"),
         Text("Apakah angkanya selalu cocok dengan pembukuan?", "Do its figures always agree with the books?")),
        ("openness", 15, Text("Keterbukaan", "Openness"),
         Text("Apakah warga dapat membaca ke mana anggaran pergi?", "Can residents read where the money goes?")),
    ),
    "audit": (
        ("follow-up", 20, Text("Tindak lanjut temuan", "Follow-up of findings"),
         Text("Apakah setiap temuan punya penanggung jawab dan selesai?",
              "Does every finding have somebody in charge, and an end?")),
        ("evidence", 15, Text("Kekuatan bukti", "Strength of evidence"),
         Text("Apakah bukti tersimpan utuh dan dapat diperiksa lagi?",
              "Is evidence kept whole and can it be examined again?")),
    ),
    "business": (
        ("reach", 20, Text("Jangkauan pelaku usaha", "Reach of businesses"),
         Text("Apakah usaha mikro pun dapat dan mau memakainya?",
              "Can and do the smallest businesses use it too?")),
        ("benefit", 15, Text("Manfaat usaha", "Benefit"),
         Text("Apakah pelaku usaha mendapat pembeli, izin, atau bantuan lebih cepat?",
              "Do businesses get buyers, permits or support sooner?")),
    ),
    "tax": (
        ("accuracy", 20, Text("Ketelitian tagihan", "Accuracy of bills"),
         Text("Apakah tagihan dan pembayaran selalu cocok?", "Do bills and payments always agree?")),
        ("paying", 15, Text("Kemudahan membayar", "Ease of paying"),
         Text("Apakah wajib pajak dapat membayar dari mana saja?", "Can people pay from anywhere?")),
    ),
    "environment": (
        ("follow-up", 20, Text("Tindak lanjut di lapangan", "Follow-up in the field"),
         Text("Apakah pencemaran atau sampah sungguh ditangani?", "Is pollution or waste really dealt with?")),
        ("measuring", 15, Text("Ketelitian ukuran", "Accuracy of measuring"),
         Text("Apakah angka yang dicatat dapat dipercaya?", "Can the recorded figures be trusted?")),
    ),
    "infrastructure": (
        ("follow-up", 20, Text("Penanganan di lapangan", "Repairs in the field"),
         Text("Apakah kerusakan diperbaiki sesuai tenggat?", "Is damage repaired by the deadline?")),
        ("coverage", 15, Text("Cakupan", "Coverage"),
         Text("Apakah semua jalan dan bangunan tercatat dengan letaknya?",
              "Are all roads and buildings recorded with their place?")),
    ),
    "public-information": (
        ("freshness", 20, Text("Kekinian", "Freshness"),
         Text("Apakah informasinya selalu yang terbaru?", "Is the information always the latest?")),
        ("accessibility", 15, Text("Dapat dibaca semua orang", "Accessible to all"),
         Text("Apakah penyandang disabilitas dan pengguna ponsel murah dapat membacanya?",
              "Can people with disabilities and with cheap phones read it?")),
    ),
    "other": (
        ("security", 20, Text("Keamanan", "Security"),
         Text("Apakah hanya yang berhak yang dapat melihat dan mengubah data?",
              "Can only those entitled see and change data?")),
        ("upkeep", 15, Text("Keberlanjutan", "Upkeep"),
         Text("Apakah ada orang dan waktu untuk memeliharanya?", "Are there people and time to keep it up?")),
    ),
}  # fmt: skip
_COMMON: Final = {"ease": 15, "reliability": 15, "fit": 10, "support": 10, "effect": 15}
"""What the common criteria weigh beside the two own ones, which weigh 35 together."""


def seeded_rubric(category: str) -> Rubric:
    """Version 1 of a category's rubric; the standing rubric for a category that has none."""
    own = _OWN.get(category)
    if own is None:
        return STANDING
    common = tuple(Criterion(one.id, one.name, one.question, _COMMON[one.id]) for one in CRITERIA)
    special = tuple(Criterion(found, name, question, weight) for found, weight, name, question in own)
    name = category_name(category)
    return Rubric(category, 1, Text(f"Rubrik {name.id}", f"Rubric for {name.en}"), common + special)


def seeded_rubrics() -> list[Rubric]:
    """The rubrics that the platform comes with: the standing one, then those of the categories."""
    return [STANDING, *(seeded_rubric(category) for category in _OWN)]
