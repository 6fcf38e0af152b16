"""Offices of generated municipalities: the usual ones in the order in which a small government has them."""

from __future__ import annotations

from app_runtime.demonstration.script import Office

_COMMON: tuple[tuple[str, str, str, str | None], ...] = (
    ("setda", "Sekretariat Daerah", "Setda", None),
    ("diskominfo", "Dinas Komunikasi dan Informatika", "Diskominfo", None),
    ("dpupr", "Dinas Pekerjaan Umum dan Penataan Ruang", "DPUPR", None),
    ("dlh", "Dinas Lingkungan Hidup", "DLH", None),
    ("dishub", "Dinas Perhubungan", "Dishub", None),
    ("bpbd", "Badan Penanggulangan Bencana Daerah", "BPBD", None),
    ("satpol-pp", "Satuan Polisi Pamong Praja", "Satpol PP", None),
    ("bina-marga", "Bidang Bina Marga", "Bina Marga", "dpupr"),
    ("sda", "Bidang Sumber Daya Air", "SDA", "dpupr"),
    ("kebersihan", "Bidang Pengelolaan Sampah", "Kebersihan", "dlh"),
    ("penerangan", "UPTD Penerangan Jalan Umum", "UPTD PJU", "dishub"),
    ("bagian-organisasi", "Bagian Organisasi", "Organisasi", "setda"),
    ("lalu-lintas", "Bidang Lalu Lintas", "Lalu Lintas", "dishub"),
    ("pertamanan", "Bidang Pertamanan", "Pertamanan", "dlh"),
    ("disperindag", "Dinas Perindustrian dan Perdagangan", "Disperindag", None),
    ("perumda-air", "Perumda Air Minum", "Perumda Air", None),
    ("dinkes", "Dinas Kesehatan", "Dinkes", None),
    ("disdik", "Dinas Pendidikan dan Kebudayaan", "Disdikbud", None),
    ("dinsos", "Dinas Sosial", "Dinsos", None),
    ("dukcapil", "Dinas Kependudukan dan Pencatatan Sipil", "Dukcapil", None),
    ("dpmptsp", "Dinas Penanaman Modal dan Pelayanan Terpadu Satu Pintu", "DPMPTSP", None),
    ("disperkim", "Dinas Perumahan dan Kawasan Permukiman", "Disperkim", None),
    ("dispar", "Dinas Pariwisata", "Dispar", None),
    ("diskan", "Dinas Kelautan dan Perikanan", "DKP", None),
    ("bappeda", "Badan Perencanaan Pembangunan Daerah", "Bappeda", None),
    ("bkpsdm", "Badan Kepegawaian dan Pengembangan Sumber Daya Manusia", "BKPSDM", None),
    ("bpkad", "Badan Pengelolaan Keuangan dan Aset Daerah", "BPKAD", None),
    ("bapenda", "Badan Pendapatan Daerah", "Bapenda", None),
    ("inspektorat", "Inspektorat", "Inspektorat", None),
    ("damkar", "Dinas Pemadam Kebakaran dan Penyelamatan", "Damkar", None),
    ("dispora", "Dinas Kepemudaan dan Olahraga", "Dispora", None),
    ("distan", "Dinas Pertanian dan Pangan", "Distan", None),
    ("dpmd", "Dinas Pemberdayaan Masyarakat", "DPM", None),
    ("disnaker", "Dinas Tenaga Kerja", "Disnaker", None),
    ("dinkop", "Dinas Koperasi dan Usaha Mikro", "Dinkop", None),
    ("dpppa", "Dinas Pemberdayaan Perempuan dan Perlindungan Anak", "DP3A", None),
    ("arpus", "Dinas Arsip dan Perpustakaan", "Arpus", None),
    ("kesbangpol", "Badan Kesatuan Bangsa dan Politik", "Kesbangpol", None),
    ("bagian-umum", "Bagian Umum", "Bagian Umum", "setda"),
    ("bagian-hukum", "Bagian Hukum", "Bagian Hukum", "setda"),
)
MOST = len(_COMMON)
_LONG_TAIL = "dan Pemberdayaan Masyarakat Kepulauan serta Kerja Sama Antardaerah"
_PREFERRED: dict[str, tuple[str, ...]] = {
    "street-light": ("penerangan", "dishub"),
    "congestion": ("lalu-lintas", "dishub"),
    "rubbish": ("kebersihan", "dlh"),
    "road": ("bina-marga", "dpupr"),
    "flood": ("sda", "dpupr"),
    "emergency": ("bpbd", "setda"),
    "tree": ("pertamanan", "dlh"),
    "water": ("perumda-air", "dpupr"),
    "market": ("disperindag", "setda"),
    "beach": ("diskan", "dlh"),
}


def offices_of(number: int, *, long: bool = False) -> tuple[Office, ...]:
    """The first so many offices (at most `MOST`); with `long` under the longest names that governments give."""
    return tuple(
        Office(key, f"{name} {_LONG_TAIL}" if long else name, short, above)
        for key, name, short, above in _COMMON[:number]
    )


def office_for(category: str, offices: tuple[Office, ...]) -> str:
    """The key of the office that answers for a category: the most particular one that there is."""
    keys = {office.key for office in offices}
    return next((key for key in _PREFERRED.get(category, ()) if key in keys), offices[0].key)
