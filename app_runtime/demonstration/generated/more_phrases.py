"""Categories that some municipalities have added to the app's own."""

from __future__ import annotations

from app_runtime.demonstration.generated.phrases import CONGESTION, FLOOD, ROAD, RUBBISH, STREET_LIGHT, Phrases

TREE = Phrases(
    problems=(
        "Pohon miring rawan tumbang {place}",
        "Dahan pohon menyentuh kabel {place}",
        "Pohon tumbang menutup jalan {place}",
        "Akar pohon merusak trotoar {place}",
        "Pohon kering belum ditebang {place}",
        "Dahan patah menggantung {place}",
    ),
    details=(
        "Pohonnya kira-kira {n} meter.",
        "Batangnya sudah keropos.",
        "Dahannya menindih kabel.",
        "Miring ke arah jalan.",
    ),
    effects=(
        "Kalau angin kencang kami khawatir.",
        "Anak-anak sering lewat di bawahnya.",
        "Jalan tinggal separuh.",
        "Atap warung sudah penyok.",
    ),
    answers=(
        "Regu taman memangkasnya besok pagi; jalan kami tutup sebentar.",
        "Sudah kami periksa. Pohon ini kami tebang minggu ini dan diganti bibit baru.",
        "Terima kasih. Dahan yang menyentuh kabel kami pangkas bersama petugas listrik.",
    ),
    questions=(("Apakah pohonnya di halaman rumah atau di tepi jalan?", "Di tepi jalan, di luar pagar."),),
    refusals=("Pohon ini di halaman milik pribadi; pemiliknya sudah kami minta memangkas.",),
)
WATER = Phrases(
    problems=(
        "Air keran tidak mengalir {place}",
        "Pipa air bocor {place}",
        "Air keran keruh {place}",
        "Tekanan air kecil {place}",
        "Sambungan pipa pecah {place}",
        "Hidran bocor {place}",
    ),
    details=(
        "Hanya mengalir pukul {hour}.",
        "Airnya berwarna cokelat.",
        "Bocornya menyembur ke jalan.",
        "Sudah {n} hari kering.",
    ),
    effects=(
        "Kami membeli air jeriken setiap hari.",
        "Puskesmas ikut kekurangan air.",
        "Jalan menjadi licin.",
        "Anak sekolah tidak bisa mandi pagi.",
    ),
    answers=(
        "Petugas menutup katup dan menyambung pipa malam ini.",
        "Tangki air bersih kami kirim sore ini sambil pipa diperbaiki.",
        "Pembilasan jaringan dilakukan besok; airnya jernih kembali setelah itu.",
    ),
    questions=(("Apakah tetangga mengalami hal yang sama?", "Ya, satu gang."),),
    refusals=("Kebocoran ada setelah meteran, jadi di sisi pelanggan. Kami beri tahu caranya lewat telepon.",),
)
MARKET = Phrases(
    problems=(
        "Atap pasar bocor {place}",
        "Lapak menutup jalan {place}",
        "Toilet umum rusak {place}",
        "Lantai pasar licin {place}",
        "Timbangan pedagang tidak ditera {place}",
        "Pedagang berjualan di trotoar {place}",
    ),
    details=(
        "Sudah {n} lapak di luar garis.",
        "Pintunya tidak bisa dikunci.",
        "Paling ramai pukul {hour}.",
        "Baru terjadi sejak {day}.",
    ),
    effects=(
        "Pembeli mulai enggan datang.",
        "Lansia hampir terpeleset.",
        "Pejalan kaki turun ke jalan.",
        "Barang dagangan basah kalau hujan.",
    ),
    answers=(
        "Pengelola pasar memperbaikinya minggu ini.",
        "Penataan lapak kami lakukan bersama paguyuban pedagang hari {day}.",
        "Terima kasih. Petugas sudah ke lokasi dan menutup bagian yang berbahaya.",
    ),
    questions=(("Di blok mana tepatnya?", "Blok B, dekat pintu timur."),),
    refusals=("Pasar ini dikelola swasta; pengelolanya sudah kami surati.",),
)
BEACH = Phrases(
    problems=(
        "Sampah kiriman di pantai {place}",
        "Abrasi mengikis jalan {place}",
        "Tangga dermaga patah {place}",
        "Lampu dermaga mati {place}",
        "Talut pantai retak {place}",
        "Perahu karam belum diangkat {place}",
    ),
    details=(
        "Panjangnya sekitar {n} puluh meter.",
        "Datang setiap air pasang.",
        "Sudah menggerus bahu jalan.",
        "Papan injakannya lepas.",
    ),
    effects=(
        "Penumpang naik perahu sambil melompat.",
        "Nelayan sulit menambatkan perahu.",
        "Pengunjung mulai mengeluh.",
        "Rumah paling depan tinggal {n} meter dari air.",
    ),
    answers=(
        "Gotong royong bersama nelayan kami adakan hari {day}, alat berat sudah disiapkan.",
        "Talut darurat dari karung pasir dipasang minggu ini.",
        "Terima kasih. Tangga dermaga diganti sebelum jadwal kapal berikutnya.",
    ),
    questions=(("Pada jam pasang atau surut terlihatnya?", "Saat surut, pagi hari."),),
    refusals=("Dermaga ini dikelola kementerian; laporan sudah kami teruskan ke syahbandar.",),
)
PHRASES: dict[str, Phrases] = {
    "street-light": STREET_LIGHT,
    "rubbish": RUBBISH,
    "road": ROAD,
    "flood": FLOOD,
    "congestion": CONGESTION,
    "tree": TREE,
    "water": WATER,
    "market": MARKET,
    "beach": BEACH,
}
"""By the ids of categories; one that is missing here speaks of roads."""
OWN_CATEGORIES: dict[str, tuple[str, str, str]] = {
    "tree": ("Pohon rawan tumbang", "Dangerous trees", "P5WD"),
    "water": ("Air bersih", "Water supply", "P3WD"),
    "market": ("Pasar dan pedagang", "Markets and traders", "P10WD"),
    "beach": ("Pantai dan dermaga", "Beaches and jetties", "P10WD"),
}
"""Name in both languages and time to fix."""
