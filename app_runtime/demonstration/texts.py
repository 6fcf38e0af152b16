"""What residents write and officials answer, by the app's categories; `{spot}` is a place of the city."""

from __future__ import annotations

from dataclasses import dataclass

PICTURED = 5


@dataclass(frozen=True, slots=True)
class Subject:
    """What is said about one category: titles with descriptions, answers, questions with replies, refusals.

    The first `PICTURED` reports are those that the drawn photos fit.
    """

    reports: tuple[tuple[str, str], ...]
    answers: tuple[str, ...]
    questions: tuple[tuple[str, str], ...]
    refusals: tuple[str, ...]


STREET_LIGHT = Subject(
    reports=(
        ("Lampu jalan mati di {spot}", "Sudah tiga malam gelap. Anak-anak pulang mengaji lewat sini."),
        ("Enam lampu berturut-turut padam di {spot}", "Dari jembatan sampai minimarket gelap sama sekali."),
        ("Penerangan zebra cross mati, {spot}", "Penyeberang tidak terlihat selepas magrib."),
        ("Lampu gang tidak menyala, {spot}", "Ibu-ibu takut lewat sepulang kerja malam."),
        ("Baru dipasang, lampu sudah mati di {spot}", "Dipasang bulan lalu, dua minggu menyala lalu padam."),
        ("Lampu tiang ketujuh berkedip terus, {spot}", "Berkedip sejak hujan Sabtu lalu, menyilaukan pengendara."),
        ("Lampu jalan menyala siang hari di {spot}", "Sayang listriknya. Malam hari malah kadang padam."),
        ("Tiang lampu miring di {spot}", "Miring setelah ditabrak truk, kabelnya menggantung rendah."),
        ("Tutup panel lampu terbuka di {spot}", "Kabelnya terlihat dan terjangkau anak kecil."),
        ("Lampu redup sekali di {spot}", "Tertutup daun, cahayanya tidak sampai ke jalan."),
        ("Lampu taman padam di {spot}", "Taman jadi gelap dan sepi, bangku dipakai tidur orang."),
        ("Bohlam lampu jalan pecah di {spot}", "Pecahannya masih ada di trotoar."),
    ),
    answers=(
        "Terima kasih. Regu kami memeriksa jaringannya malam ini dan mengganti lampu bila stok tersedia.",
        "Sudah kami catat. Gangguan ada di panel; suku cadang datang besok dan langsung dipasang.",
        "Tim penerangan meluncur sore ini. Sementara itu area diberi lampu portabel.",
    ),
    questions=(
        ("Tiang nomor berapa? Nomornya tertulis pada pelat kecil setinggi dada.", "Nomor 0147, seberang toko roti."),
        ("Apakah padam sepanjang malam atau hanya sebagian waktu?", "Sepanjang malam, sudah saya perhatikan dua hari."),
    ),
    refusals=(
        "Lampu ini milik pengelola perumahan dan belum diserahkan kepada pemerintah kota. Laporan kami teruskan.",
        "Ruas ini jalan provinsi; penerangannya dikelola pemerintah provinsi. Laporan sudah kami kirimkan ke sana.",
    ),
)
RUBBISH = Subject(
    reports=(
        ("Sampah menumpuk di {spot}", "Tidak diangkut sejak Senin, mulai berbau dan dikerumuni lalat."),
        ("Bau menyengat dari tempat sampah di {spot}", "Warung di sekitarnya sepi karena baunya."),
        ("Jadwal angkut sampah tidak jelas, {spot}", "Dua minggu ini truk hanya datang sekali."),
        ("Sampah pasar meluber ke jalan, {spot}", "Setiap pagi jalan tinggal satu lajur."),
        ("Orang membuang sampah dari mobil di {spot}", "Hampir tiap malam, tumpukannya makin panjang."),
        ("Sampah plastik menyumbat saluran, {spot}", "Kalau hujan airnya meluap ke jalan."),
        ("Bak sampah rusak di {spot}", "Tutupnya lepas, kucing membongkar isinya setiap malam."),
        ("Puing bangunan dibuang di {spot}", "Memakan setengah bahu jalan, sepeda motor harus mengambil ke kanan."),
        ("Pembakaran sampah tiap sore di {spot}", "Asapnya masuk rumah, anak saya batuk-batuk."),
        ("Dahan pohon tebangan dibiarkan di {spot}", "Sudah seminggu menutup trotoar."),
        ("Kasur bekas di pinggir jalan, {spot}", "Ada tiga kasur dan satu lemari, basah kena hujan."),
        ("Eceng gondok dan sampah di kali, {spot}", "Airnya tidak mengalir dan banyak nyamuk."),
    ),
    answers=(
        "Truk kami jadwalkan besok pagi pukul 06.00. Mohon tidak menambah tumpukan di luar jadwal.",
        "Petugas sudah ke lokasi. Tumpukan diangkut bertahap karena perlu alat berat.",
        "Terima kasih. Kami tambah satu ritase angkut di titik ini mulai minggu ini.",
    ),
    questions=(
        ("Tumpukan ada di sisi utara atau selatan jalan?", "Sisi utara, dekat pos ronda."),
        ("Kira-kira jam berapa sampah dibuang? Kami ingin menugaskan patroli.", "Sekitar pukul 23.00, memakai pikap."),
    ),
    refusals=(
        "Lahan ini milik pribadi dan dipagari. Pemiliknya sudah kami surati untuk membersihkannya.",
        "Sampah ada di area pengelola pasar swasta. Kami sudah meminta pengelola mengangkutnya.",
    ),
)
ROAD = Subject(
    reports=(
        ("Lubang besar di {spot}", "Dua pengendara motor jatuh minggu ini, dalamnya sejengkal."),
        ("Jalan berlubang di tikungan, {spot}", "Airnya menggenang sehingga lubangnya tidak kelihatan."),
        ("Tambalan jalan cepat rusak lagi, {spot}", "Baru ditambal bulan lalu, sekarang berlubang lagi."),
        ("Aspal bergelombang di {spot}", "Motor oleng kalau menghindar ke kiri."),
        ("Jalan amblas setelah galian pipa, {spot}", "Bekas galian turun sekitar lima sentimeter."),
        ("Tutup gorong-gorong hilang di {spot}", "Hanya ditandai ranting. Malam hari tidak terlihat."),
        ("Trotoar pecah di {spot}", "Kursi roda ibu saya tidak bisa lewat."),
        ("Marka jalan hilang di {spot}", "Kendaraan saling serobot di tikungan."),
        ("Polisi tidur terlalu tinggi, {spot}", "Bagian bawah mobil sering tersangkut."),
        ("Pagar jembatan patah di {spot}", "Anak sekolah lewat sini tiap hari."),
        ("Bahu jalan longsor di {spot}", "Retaknya bertambah panjang setiap hujan."),
        ("Paving gang terlepas di {spot}", "Banyak yang tersandung, terutama lansia."),
    ),
    answers=(
        "Tim survei mengukur kerusakan hari ini; penambalan masuk jadwal minggu ini.",
        "Titik ini sudah kami amankan dengan rambu. Penambalan menunggu cuaca kering.",
        "Terima kasih. Kami koordinasikan dengan penggali pipa agar bekas galian dirapikan.",
    ),
    questions=(
        ("Apakah lubangnya di lajur kiri atau kanan dari arah pasar?", "Lajur kiri, sebelum lampu merah."),
        ("Boleh minta patokan terdekat?", "Persis di depan bengkel motor yang bercat hijau."),
    ),
    refusals=(
        "Ruas ini jalan nasional. Laporan sudah kami teruskan kepada balai pelaksana jalan nasional.",
        "Jalan ini berada di dalam kawasan pengembang dan belum diserahterimakan kepada pemerintah kota.",
    ),
)
FLOOD = Subject(
    reports=(
        ("Genangan tidak surut di {spot}", "Sudah dua hari, motor mogok di sini."),
        ("Air masuk rumah warga, {spot}", "Tujuh rumah kemasukan air setinggi betis semalam."),
        ("Banjir setiap hujan di {spot}", "Anak sekolah harus dibonceng lewat genangan."),
        ("Saluran mampet di {spot}", "Hujan setengah jam saja air sudah semata kaki di teras."),
        ("Air kotor meluap ke jalan, {spot}", "Warnanya hitam dan berbau sejak kemarin."),
        ("Gorong-gorong tersumbat lumpur, {spot}", "Airnya meluap ke badan jalan."),
        ("Tanggul kali retak di {spot}", "Retaknya memanjang kira-kira dua meter."),
        ("Pompa air tidak menyala di {spot}", "Petugas jaganya tidak ada waktu hujan semalam."),
        ("Saluran belum dikeruk di {spot}", "Endapannya sudah setinggi lutut, tinggal sedikit ruang air."),
        ("Pintu air macet di {spot}", "Tidak bisa dibuka penuh, air dari hulu tertahan."),
        ("Drainase tertutup beton warga di {spot}", "Tidak ada lubang untuk membersihkannya."),
        ("Selokan jebol di {spot}", "Tanahnya ikut terbawa, bahu jalan jadi menggantung."),
    ),
    answers=(
        "Regu saluran turun besok pagi untuk mengeruk dan mengangkat sumbatan.",
        "Pompa cadangan sudah kami pasang sambil menunggu perbaikan pompa utama.",
        "Terima kasih. Sumbatan ada di bawah jembatan; pengerukan kami mulai hari ini.",
    ),
    questions=(
        ("Sejak kapan air mulai menggenang, dan setinggi apa sekarang?", "Sejak Selasa malam, kira-kira 30 cm."),
        ("Apakah saluran di seberang jalan juga penuh?", "Yang seberang lancar, hanya sisi kami yang penuh."),
    ),
    refusals=(
        "Sungai ini dikelola balai besar wilayah sungai. Laporan dan foto sudah kami teruskan ke sana.",
        "Saluran ini berada di dalam kawasan industri; pengelolanya sudah kami hubungi.",
    ),
)
CONGESTION = Subject(
    reports=(
        ("Macet tiap pagi di {spot}", "Mobil pengantar parkir dua lapis dari pukul 06.30."),
        ("Waktu lampu hijau terlalu pendek, {spot}", "Antrean mengular sampai jembatan."),
        ("Putar balik membuat macet di {spot}", "Setiap sore antreannya memotong dua lajur."),
        ("Palang parkir membuat antrean di {spot}", "Antrean masuk sampai ke jalan raya setiap akhir pekan."),
        ("Lampu lalu lintas mati di {spot}", "Kendaraan saling mengunci di perempatan."),
        ("Angkutan ngetem sembarangan di {spot}", "Satu lajur habis terpakai sampai pukul sembilan."),
        ("Parkir liar di bahu jalan, {spot}", "Bus tidak bisa menikung."),
        ("Truk besar lewat di jam sekolah, {spot}", "Padahal ada rambu larangan sampai pukul sembilan."),
        ("Rambu penunjuk arah tertutup pohon, {spot}", "Banyak yang mendadak pindah lajur."),
        ("Pedagang memakai badan jalan di {spot}", "Tinggal satu lajur, pejalan kaki turun ke jalan."),
        ("Penyeberangan sekolah tanpa petugas, {spot}", "Anak-anak menyeberang sendiri di jam padat."),
        ("Galian membuat jalan menyempit, {spot}", "Tidak ada pengatur lalu lintas."),
    ),
    answers=(
        "Petugas kami tempatkan di lokasi pada jam sibuk mulai besok.",
        "Pengaturan lampu akan kami ubah malam ini; mohon kabari bila masih padat.",
        "Terima kasih. Penertiban parkir kami jadwalkan bersama satpol PP minggu ini.",
    ),
    questions=(
        ("Kepadatan paling parah pada pukul berapa?", "Antara 06.30 dan 07.15, hari sekolah."),
        ("Dari arah mana antreannya?", "Dari arah pasar menuju stasiun."),
    ),
    refusals=(
        "Simpang ini berada di jalan nasional; pengaturan lampunya bukan kewenangan kota. Sudah kami teruskan.",
        "Kemacetan berasal dari proyek pemerintah pusat yang selesai bulan depan.",
    ),
)
SUBJECTS: dict[str, Subject] = {
    "street-light": STREET_LIGHT,
    "rubbish": RUBBISH,
    "road": ROAD,
    "flood": FLOOD,
    "congestion": CONGESTION,
}
REPORTERS = (
    "Budi Hartawan", "Siti Aminah Zahra", "Wayan Sudiarta", "Maria Goretti Tampubolon", "Ahmad Fauzan",
    "Lina Marlina Putri", "Yohanes Kristian", "Rahmat Hidayatullah", "Anisa Fitriani", "Togar Hutabarat",
    "Kurniasih", "Made Ayu Lestari", "Dodi Irawan", "Nenden Suhaeni", "Zainal Arifin", "Priskila Wenda",
)  # fmt: skip
"""Invented residents who left their name."""
HIDDEN_REASON = "Keterangan memuat nama dan nomor rumah seorang warga. Kami sembunyikan sampai disunting."
