"""What residents write and officials answer in generated municipalities: parts that are put together.

`{place}` stands for a place with its preposition, `{n}` for a small number, `{day}` for a weekday, `{hour}` for an hour
of the day.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Phrases:
    """One category: problems for titles, what they do to people, what is answered."""

    problems: tuple[str, ...]
    details: tuple[str, ...]
    effects: tuple[str, ...]
    answers: tuple[str, ...]
    questions: tuple[tuple[str, str], ...]
    refusals: tuple[str, ...]


SINCE = (
    "Sudah {n} hari seperti ini.",
    "Sejak hari {day} belum berubah.",
    "Mulai terlihat minggu lalu.",
    "Kejadiannya sejak hujan deras hari {day}.",
    "Sudah lebih dari {n} minggu.",
    "Baru saya lihat pagi ini.",
    "Berulang terus sejak bulan lalu.",
    "Paling parah sekitar pukul {hour}.",
)
REQUESTS = (
    "Mohon segera ditangani.",
    "Mohon dicek petugas, terima kasih.",
    "Semoga bisa diperbaiki sebelum akhir pekan.",
    "Kami warga sekitar siap membantu menunjukkan lokasinya.",
    "Terima kasih sebelumnya.",
    "Sudah kami sampaikan ke ketua RT, tetapi belum ada perubahan.",
    "Kalau perlu, kami bisa ditemui di pos ronda.",
    "Tolong dibantu, kasihan anak-anak sekolah.",
)
WEEKDAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
HIDDEN_REASONS = (
    "Foto memperlihatkan wajah anak. Disembunyikan sampai dikaburkan.",
    "Keterangan menyebut nama dan nomor rumah seorang warga.",
    "Laporan memuat nomor telepon pihak lain.",
)

STREET_LIGHT = Phrases(
    problems=(
        "Lampu jalan mati {place}",
        "Lampu jalan padam berturut-turut {place}",
        "Lampu penerangan berkedip {place}",
        "Tiang lampu miring {place}",
        "Lampu menyala siang malam hari padam {place}",
        "Kabel lampu menjuntai {place}",
        "Penerangan jalan redup {place}",
        "Panel lampu terbuka {place}",
        "Lampu penyeberangan mati {place}",
        "Lampu jalan baru belum menyala {place}",
        "Bohlam lampu pecah {place}",
        "Lampu gang tidak menyala {place}",
    ),
    details=(
        "Ada {n} tiang yang padam.",
        "Yang padam tiang ketiga dari persimpangan.",
        "Tiangnya bernomor tetapi sudah pudar.",
        "Lampunya tertutup dahan pohon.",
        "Pernah diganti, tetapi padam lagi.",
        "Kalau hujan langsung mati semua.",
    ),
    effects=(
        "Jalan gelap sekali selepas magrib.",
        "Warga takut lewat sendirian.",
        "Pekan lalu ada pengendara motor terjatuh.",
        "Ibu-ibu pulang pengajian memakai senter.",
        "Pejalan kaki tidak terlihat oleh pengendara.",
        "Pedagang malam sepi pembeli.",
    ),
    answers=(
        "Terima kasih atas laporannya. Regu penerangan memeriksa titik ini malam ini.",
        "Gangguan ada pada jaringan; kami perbaiki begitu cuaca memungkinkan, paling lambat lusa.",
        "Lampu pengganti sudah kami siapkan dan dipasang besok pagi.",
        "Sudah kami catat. Panel di titik ini kami ganti bersama {n} titik lain minggu ini.",
        "Petugas sudah ke lokasi. Kabel putus karena dahan; dahan kami pangkas dahulu.",
    ),
    questions=(
        ("Berapa nomor pada pelat tiangnya?", "Nomornya pudar, tetapi persis di depan warung kopi."),
        ("Apakah padamnya sepanjang malam?", "Ya, dari magrib sampai subuh."),
        ("Di sisi kiri atau kanan jalan dari arah pusat kota?", "Sisi kiri, sebelum jembatan kecil."),
    ),
    refusals=(
        "Lampu ini milik pengembang perumahan dan belum diserahkan kepada pemerintah daerah. Laporan kami teruskan.",
        "Ruas ini jalan nasional; penerangannya dikelola balai jalan nasional. Laporan sudah kami kirimkan ke sana.",
    ),
)
RUBBISH = Phrases(
    problems=(
        "Sampah menumpuk {place}",
        "Bak sampah meluap {place}",
        "Sampah tidak diangkut {place}",
        "Orang membuang sampah sembarangan {place}",
        "Bau sampah menyengat {place}",
        "Sampah dibakar tiap sore {place}",
        "Puing bangunan dibuang {place}",
        "Sampah menyumbat selokan {place}",
        "Kasur dan lemari bekas dibuang {place}",
        "Bangkai hewan belum diangkut {place}",
        "Sampah pasar meluber ke jalan {place}",
        "Dahan tebangan dibiarkan {place}",
    ),
    details=(
        "Tumpukannya sudah setinggi pinggang.",
        "Truk terakhir datang hari {day}.",
        "Dibuang dari mobil pada malam hari.",
        "Kebanyakan plastik dan sisa makanan.",
        "Baknya pecah di satu sisi.",
        "Ada {n} karung besar di pinggir jalan.",
    ),
    effects=(
        "Lalatnya sampai ke rumah.",
        "Anak-anak batuk karena asapnya.",
        "Airnya menetes ke jalan dan licin.",
        "Kendaraan harus mengambil lajur kanan.",
        "Pembeli enggan mampir ke warung kami.",
        "Kalau hujan hanyut ke selokan.",
    ),
    answers=(
        "Truk kami jadwalkan besok pukul 06.00. Mohon tidak menambah tumpukan dulu.",
        "Sudah kami angkut {n} ritase; sisanya menyusul besok pagi.",
        "Terima kasih. Titik ini masuk jadwal angkut harian mulai minggu ini.",
        "Petugas kebersihan kecamatan sudah ke lokasi dan membersihkan sebagian.",
        "Kami pasang papan larangan dan menugaskan patroli malam di titik ini.",
    ),
    questions=(
        ("Sekitar pukul berapa sampah biasanya dibuang?", "Antara pukul 22.00 dan tengah malam."),
        ("Apakah tumpukan berada di lahan milik warga?", "Tidak, di bahu jalan dekat selokan."),
    ),
    refusals=(
        "Lokasi ini lahan pribadi yang dipagari. Pemiliknya sudah kami surati.",
        "Tumpukan berada di area pasar swasta; pengelolanya sudah kami minta mengangkutnya.",
    ),
)
ROAD = Phrases(
    problems=(
        "Jalan berlubang {place}",
        "Aspal mengelupas {place}",
        "Tambalan jalan rusak lagi {place}",
        "Jalan amblas {place}",
        "Tutup gorong-gorong hilang {place}",
        "Trotoar pecah {place}",
        "Bahu jalan longsor {place}",
        "Jembatan kecil retak {place}",
        "Jalan bergelombang {place}",
        "Marka jalan hilang {place}",
        "Bekas galian belum dirapikan {place}",
        "Paving terlepas {place}",
    ),
    details=(
        "Dalamnya kira-kira {n} jengkal.",
        "Panjangnya sekitar {n} meter.",
        "Letaknya di tikungan sehingga mendadak terlihat.",
        "Ditandai warga dengan ranting.",
        "Kalau hujan tertutup air.",
        "Bekas galian pipa yang belum ditutup rata.",
    ),
    effects=(
        "Minggu ini {n} motor terjatuh.",
        "Mobil harus berjalan satu per satu.",
        "Kursi roda tidak bisa lewat.",
        "Truk sayur sering tersangkut.",
        "Pengendara saling menghindar dan hampir bertabrakan.",
        "Ambulans harus memutar jauh.",
    ),
    answers=(
        "Tim survei mengukur kerusakan hari ini; penambalan dijadwalkan minggu ini.",
        "Titik sudah kami beri rambu. Penambalan menunggu cuaca kering.",
        "Terima kasih. Kerusakan ini masuk paket pemeliharaan rutin bulan ini.",
        "Bekas galian kami koordinasikan dengan perusahaan air minum agar segera ditutup.",
        "Material sudah tiba, pengerjaan dimulai besok malam agar tidak mengganggu lalu lintas.",
    ),
    questions=(
        ("Di lajur mana lubangnya, dari arah pusat kota?", "Lajur kiri, sebelum lampu merah."),
        ("Apakah ada patokan yang mudah dicari?", "Persis di depan bengkel motor."),
        ("Berapa kira-kira panjang bagian yang rusak?", "Sekitar enam meter, hampir selebar jalan."),
    ),
    refusals=(
        "Ruas ini jalan nasional. Laporan dan fotonya sudah kami teruskan kepada balai pelaksana jalan nasional.",
        "Ruas ini jalan provinsi; sudah kami teruskan kepada dinas provinsi.",
        "Jalan ini milik pengembang dan belum diserahterimakan.",
    ),
)
FLOOD = Phrases(
    problems=(
        "Genangan tidak surut {place}",
        "Saluran mampet {place}",
        "Banjir setiap hujan {place}",
        "Air masuk rumah warga {place}",
        "Gorong-gorong tersumbat {place}",
        "Selokan jebol {place}",
        "Pompa air tidak bekerja {place}",
        "Tanggul retak {place}",
        "Air rob naik ke jalan {place}",
        "Saluran penuh lumpur {place}",
        "Pintu air macet {place}",
        "Drainase tertutup bangunan {place}",
    ),
    details=(
        "Tingginya sebetis orang dewasa.",
        "Ada {n} rumah yang kemasukan air.",
        "Airnya hitam dan berbau.",
        "Endapannya sudah setinggi lutut.",
        "Hujan setengah jam saja sudah meluap.",
        "Sumbatannya di bawah jembatan kecil.",
    ),
    effects=(
        "Motor banyak yang mogok.",
        "Anak sekolah terpaksa digendong.",
        "Warung tutup karena airnya belum surut.",
        "Kami khawatir nyamuk demam berdarah.",
        "Jalan mulai terkikis.",
        "Perabot di lantai bawah sudah kami naikkan.",
    ),
    answers=(
        "Regu saluran turun besok pagi untuk mengeruk dan mengangkat sumbatan.",
        "Pompa cadangan sudah kami kirim sambil menunggu perbaikan pompa utama.",
        "Terima kasih. Pengerukan titik ini kami majukan ke minggu ini.",
        "Petugas jaga sudah membuka pintu air; ketinggian kami pantau setiap jam.",
        "Sumbatan sampah sudah diangkat {n} karung. Mohon kabari bila masih menggenang.",
    ),
    questions=(
        ("Setinggi apa air sekarang?", "Sekitar {n}0 sentimeter di depan pagar."),
        ("Apakah saluran di seberang juga penuh?", "Seberang lancar, hanya sisi kami."),
    ),
    refusals=(
        "Sungai ini dikelola balai wilayah sungai. Laporan sudah kami teruskan ke sana.",
        "Saluran ini berada di kawasan industri; pengelolanya sudah kami hubungi.",
    ),
)
CONGESTION = Phrases(
    problems=(
        "Macet setiap pagi {place}",
        "Parkir liar {place}",
        "Lampu lalu lintas mati {place}",
        "Lampu hijau terlalu singkat {place}",
        "Angkutan ngetem {place}",
        "Truk besar lewat jam sekolah {place}",
        "Pedagang memakai badan jalan {place}",
        "Rambu tertutup dahan {place}",
        "Putar balik membuat antrean {place}",
        "Tidak ada petugas penyeberangan {place}",
        "Palang parkir membuat antrean {place}",
        "Bongkar muat di jalan {place}",
    ),
    details=(
        "Antreannya sampai {n} ratus meter.",
        "Paling parah pukul {hour}.",
        "Mobil parkir dua lapis.",
        "Rambu larangannya ada, tetapi tidak dipatuhi.",
        "Terjadi hampir setiap hari {day}.",
        "Lampunya berkedip kuning terus.",
    ),
    effects=(
        "Anak-anak terlambat masuk sekolah.",
        "Bus tidak bisa menikung.",
        "Pejalan kaki turun ke badan jalan.",
        "Klakson terus-menerus sampai malam.",
        "Ambulans pernah tertahan di sini.",
        "Pengendara saling serobot.",
    ),
    answers=(
        "Petugas kami tempatkan pada jam sibuk mulai besok.",
        "Pengaturan lampu kami ubah malam ini; mohon kabari bila masih padat.",
        "Penertiban parkir kami jadwalkan bersama satpol PP minggu ini.",
        "Dahan yang menutup rambu sudah dipangkas.",
        "Terima kasih. Kajian lalu lintas untuk titik ini selesai bulan ini; sementara kami pasang pembatas.",
    ),
    questions=(
        ("Pada pukul berapa paling padat?", "Antara 06.30 dan 07.15 pada hari sekolah."),
        ("Dari arah mana antreannya?", "Dari arah pasar."),
    ),
    refusals=(
        "Simpang ini berada di jalan nasional; pengaturan lampunya sudah kami teruskan kepada yang berwenang.",
        "Kemacetan berasal dari proyek pemerintah pusat yang selesai bulan depan.",
    ),
)
