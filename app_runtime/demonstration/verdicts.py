"""What the generated municipalities say of the app, and what its maintainer answers."""

from __future__ import annotations

from dataclasses import dataclass

SUPPORT_REPLY = "Terima kasih atas penilaiannya. Kami hubungi admin Anda pekan ini untuk pendampingan bersama."


@dataclass(frozen=True, slots=True)
class Verdict:
    """Stars and words, so many days ago, with the maintainer's reply if there is one."""

    slug: str
    stars: int
    words: str
    days: float
    reply: str = ""


@dataclass(frozen=True, slots=True)
class Assessment:
    """A submitted evaluation of the last so many days: a score and a reason for each criterion in their order."""

    slug: str
    period: int
    days: float
    scores: tuple[tuple[int, str], ...]
    summary: str
    should_change: str
    with_facts: bool = True
    reply: str = ""


VERDICTS: tuple[Verdict, ...] = (
    Verdict(
        "denpasar",
        5,
        "Dalam sehari dinas sudah menjawab. Desa adat ikut memakai petanya saat rapat bulanan.",
        21,
        "Terima kasih, Denpasar. Contoh pemakaian di desa adat kami muat di panduan.",
    ),
    Verdict("serang", 4, "Pemasangan selesai dalam satu pagi. Nama dan warna kami sendiri, aturan kami sendiri.", 48),
    Verdict(
        "padang",
        4,
        "Batas tiga hari kerja cocok untuk dinas kami. Pencarian laporan lama masih perlu disaring tahun.",
        33,
        "Terima kasih, Padang. Saringan tahun kami catat untuk rilis berikutnya.",
    ),
    Verdict(
        "semarang",
        5,
        "Dua ratus laporan setahun uji coba, sebelas dinas, satu kotak masuk. Tanda merah membuat semua bergerak.",
        12,
    ),
    Verdict("pontianak", 4, "Kategori air bersih bisa kami tambahkan sendiri tanpa menunggu siapa pun.", 64),
    Verdict(
        "balikpapan",
        1,
        "Tidak cocok dengan kami. Batas 24 jam menghasilkan tanda merah di mana-mana karena operator hanya satu orang, "
        "dan tidak ada cara membagi tugas antaroperator. Petugas lapangan kembali memakai grup percakapan.",
        15,
        "Terima kasih sudah terus terang. Batas waktu dapat diubah menjadi 72 jam di pengaturan hari "
        "ini juga; pembagian "
        "tugas antaroperator masuk rencana. Boleh kami datang mendampingi?",
    ),
    Verdict(
        "kupang",
        2,
        "Aplikasinya baik, tetapi banyak dinas kami belum punya kepala, jadi teguran langsung naik ke admin.",
        27,
        SUPPORT_REPLY,
    ),
    Verdict("ternate", 4, "Berjalan baik walau jaringan sering lambat. Foto dari pulau luar tetap masuk.", 40),
    Verdict(
        "jayapura",
        3,
        "Warga terbantu. Kami menunggu terjemahan istilah dan pelatihan untuk distrik.",
        55,
        SUPPORT_REPLY,
    ),
    Verdict(
        "kepulauan-siau-tagulandang-biaro",
        3,
        "Sangat membantu masyarakat kepulauan, meskipun nama perangkat daerah kami yang panjang "
        "terpotong pada beberapa daftar.",
        19,
        "Terima kasih. Nama panjang kami periksa satu per satu di setiap halaman.",
    ),
    Verdict(
        "belitung-timur",
        5,
        "Lima dinas, lima laporan, semuanya terjawab. Untuk daerah kecil ini sudah lebih dari cukup.",
        8,
    ),
    Verdict(
        "bandar-lampung",
        2,
        "Kami hentikan dahulu: petugas belum siap, dan laporan menumpuk. Bukan salah aplikasinya.",
        2.5,
    ),
)
ASSESSMENTS: tuple[Assessment, ...] = (
    Assessment(
        "semarang",
        180,
        10,
        (
            (5, "Warga memakainya tanpa penjelasan; petugas cukup satu jam pelatihan."),
            (5, "Selama enam bulan tidak pernah berhenti dan tidak ada laporan hilang."),
            (4, "Kategori tambahan mudah; alur dua tahap di kecamatan belum bisa."),
            (4, "Dijawab dalam dua hari kerja."),
            (5, "Rata-rata tanggapan turun menjadi kurang dari satu hari."),
        ),
        "Dipakai terus dan diperluas ke seluruh kecamatan.",
        "Alur dua tahap untuk kecamatan, dan ringkasan mingguan untuk pimpinan.",
        reply="Terima kasih, Semarang. Ringkasan mingguan sudah kami kerjakan; alur kecamatan kami bahas dengan Anda.",
    ),
    Assessment(
        "denpasar",
        120,
        20,
        (
            (5, "Paling mudah dari semua yang pernah kami coba."),
            (4, "Sekali tidak dapat dibuka saat listrik pusat data padam."),
            (5, "Jam kerja dan hari libur kami sendiri diperhitungkan."),
            (5, "Pendampingan pertama bahkan tanpa diminta."),
            (5, "Jumlah keluhan lewat telepon tinggal sepertiga."),
        ),
        "Sangat layak, kami anjurkan kepada kabupaten tetangga.",
        "Peta dengan batas banjar.",
    ),
    Assessment(
        "balikpapan",
        90,
        14,
        (
            (2, "Operator kewalahan karena semua laporan masuk ke satu orang."),
            (4, "Sistemnya sendiri tidak pernah bermasalah."),
            (1, "Batas waktu bawaan tidak sesuai dengan jumlah petugas kami."),
            (2, "Pertanyaan kami baru dijawab setelah satu minggu."),
            (1, "Lebih dari separuh jawaban terlambat, kepercayaan warga turun."),
        ),
        "Belum layak diteruskan tanpa pembagian tugas antaroperator.",
        "Pembagian tugas antaroperator, dan saran batas waktu menurut jumlah petugas sebelum aplikasi diaktifkan.",
        reply="Evaluasi ini yang paling berguna bagi kami. Saran batas waktu masuk rilis berikutnya.",
    ),
    Assessment(
        "ternate",
        150,
        38,
        (
            (4, "Mudah dipakai di ponsel lama."),
            (4, "Tahan jaringan lambat antarpulau."),
            (4, "Batas tiga hari kerja sesuai aturan kami."),
            (3, "Selisih dua jam membuat bantuan telepon sering tertunda."),
            (4, "Laporan dari pulau luar kini sampai pada hari yang sama."),
        ),
        "Baik, dengan catatan jam bantuan untuk wilayah timur.",
        "Jam bantuan yang mengikuti WIT.",
        with_facts=False,
    ),
)
