"""What the keys of a package mean, in both languages, for editors that show it while one writes."""

from __future__ import annotations

_TEXT = """
id | Id tetap; tidak pernah diganti. | A stable id, never changed.
format | Versi bahasa paket: 1. | The version of the package language: 1.
version | Versi menurut SemVer 2.0. | The version, by SemVer 2.0.
name | Nama untuk dibaca orang. | The name that people read.
category | Kategori di katalog. | The category in the catalog.
audience | Untuk warga atau antarpemerintah. | For citizens, or within government.
requires | Versi Lumbung yang diperlukan. | Which versions of Lumbung it needs.
lumbung | Rentang versi, misalnya ">=1.0,<2". | A range of versions, such as ">=1.0,<2".
personal_data | Untuk apa data pribadi diolah, dan berapa lama. | What personal data are for, and for how long.
purpose | Tujuan pengolahan. | The purpose of processing.
basis | Dasar hukum. | The legal basis.
retention | Lama penyimpanan sejak kegiatan terakhir. | How long after the last activity.
roles | Peran aplikasi ini, di samping peran bawaan. | Roles of this app, beside the built-in ones.
scope | `agency`: hanya melihat milik dinasnya. | `agency`: sees what its agency owns.
settings | Pengaturan yang diisi daerah. | What a municipality may set.
live | Lapisan peta dan penghitung ruang pantau. | Layers and counters of the live room.
indicators | Ukuran kerja aplikasi. | How the work is measured.
label | Judul isian atau tombol. | The words on the field or button.
help | Penjelasan singkat di bawahnya. | A short explanation below it.
order | Urutan; tanpa ini, urutan penulisan. | Its place; otherwise the order written.
type | Jenis nilai. | The type of value.
default | Nilai awal. | The value to begin with.
required | Wajib; `on_form` hanya pada formulir. | Must be given; `on_form` on forms only.
required_when | Wajib selama syarat ini berlaku (CEL). | Must be given while this holds (CEL).
visible_when | Ditanyakan selama syarat ini berlaku (CEL). | Asked while this holds (CEL).
visible_to | Peran yang melihatnya. | Roles that see it.
private | Tidak pernah tampil untuk umum. | Never shown to the public.
secret | Disimpan tersandi. | Kept encrypted.
min | Paling sedikit: huruf, nilai, atau jumlah. | At least: characters, value or how many.
max | Paling banyak: huruf, nilai, atau jumlah. | At most: characters, value or how many.
max_count | Jumlah berkas paling banyak. | At most so many files.
max_size | Ukuran satu berkas, misalnya 10MB. | The size of one file, such as 10MB.
accept | Jenis berkas, misalnya image/*. | Kinds of files, such as image/*.
options | Pilihan, atau settings.<tabel>. | The choices, or settings.<table>.
columns | Kolom. | The columns.
unique | Nilai yang tidak boleh sama. | Values that no two records share.
indexed | Sering dipakai menyaring. | Often filtered by.
check | Syarat yang harus berlaku (CEL). | A condition that must hold (CEL).
message | Kata-kata bila tidak berlaku, atau pesan. | The words when it does not hold, or a message.
computed | Rumus; tidak diisi orang (CEL). | A formula; nobody fills it in (CEL).
of | Hanya `district` atau `village`; jenis catatan ukuran. | Only `district` or `village`; an indicator's type.
pattern | Pola RE2, atau pola nomor. | An RE2 pattern, or a number's pattern.
fields | Isian. | The fields.
number | Nomor catatan. | The record's number.
numbers | Beberapa nomor; yang pertama nomor utama. | Several numbers, the first is the main one.
per | Dalam apa urutan atau tempat dihitung. | Within what the count restarts.
title | Judul. | The title.
agency | Dinas pemilik catatan (CEL). | Which agency owns the record (CEL).
published | Kapan tampil untuk umum (CEL). | When the public sees it (CEL).
access | Siapa boleh apa. | Who may do what.
create | Membuat catatan. | Making records.
read | Membaca catatan. | Reading records.
update | Mengubah catatan. | Changing records.
rows | Catatan mana. | Which records.
workflow | Keadaan dan tindakan. | States and actions.
start | Awal. | Where it begins.
states | Keadaan. | The states.
actions | Tindakan. | The actions.
tone | Warna tanda keadaan. | The colour of the state's mark.
end | Akhir: berhasil atau lainnya. | An end: success or other.
from | Dari keadaan mana. | From which states.
to | Ke keadaan mana, atau kepada siapa. | To which state, or to whom.
by | Siapa yang boleh; [] untuk tenggat dan otomatisasi. | Who may; [] for clocks and automations.
not_by | Bukan oleh pelaku tindakan ini (empat mata). | Not by who took these actions (four eyes).
asks | Yang ditanyakan. | What is asked.
when | Syarat (CEL), atau langkah skenario. | A condition (CEL), or the steps of a scenario.
within | Batas waktu atau jarak. | The time limit, or the distance.
sets | Isian yang ditetapkan (CEL). | Fields that it sets (CEL).
fan_out | Membuka satu anak per unit. | Opens one child per unit.
with | Nilai yang disertakan (CEL). | The values that go with it (CEL).
children | Anak catatan ini. | Children of this record.
record | Jenis catatan. | The record type.
done_when | Selesai bila semua atau salah satu selesai. | Done when all are, or any is.
clocks | Tenggat. | The clocks.
starts | Kejadian yang memulai. | The events that start it.
met_by | Tindakan yang memenuhinya. | The actions that meet it.
then | Tindakan di akhir, atau pemeriksaan skenario. | The action at its end, or a scenario's checks.
time | Waktu kalender atau jam kerja. | Wall time or working time.
paused_in | Keadaan yang menghentikan sementara. | The states that pause it.
warn_at | Kapan diingatkan, misalnya 75%. | When to warn, such as 75%.
escalate | Tangga eskalasi. | The ladder of escalation.
escalated | Sampai kepada siapa tangga itu. | To whom the ladder has gone so far.
not_to | Bukan kepada siapa. | To whom it did not go.
after | Berapa lama sesudahnya. | How long after.
automations | Yang terjadi sendiri. | What happens by itself.
on | Kejadian, tindakan, atau nama catatan. | The event, the action, or the record's name.
send | Pesan yang dikirim. | The message to send.
act | Tindakan yang diambil. | The action to take.
set | Isian yang ditetapkan (CEL). | Fields to set (CEL).
for_each | Untuk setiap anak. | For each child.
call | Memanggil sistem lain. | Calls another system.
satisfaction | Menanyakan kepuasan. | Asks how satisfied people are.
ask_on | Setelah keadaan ini. | After these states.
scale | 1 sampai berapa. | From 1 to how many.
reasons | Boleh menulis alasan. | They may add words.
duplicates | Mengenali laporan ganda. | Finds what was reported already.
same | Isian yang sama. | The fields that are the same.
open_only | Hanya yang masih terbuka. | Only those that are open.
days | Dalam berapa hari. | Within how many days.
join | Orang lain boleh ikut ("saya juga"). | Others may join ("me too").
into | Isian yang menyebut laporan yang dipertahankan. | The field that names the record it is merged into.
with_reporter | Pembuatnya ikut terhitung di sana. | Whoever made it counts there too.
capacity | Tempat yang terbatas. | Places that are limited.
aggregates | Angka atas banyak catatan. | Figures over many records.
lookups | Catatan lain yang dibaca. | Another record that is read.
invariants | Syarat yang tidak boleh dilanggar. | Conditions that no change breaks.
only | Hanya keadaan ini. | Only these states.
except | Kecuali keadaan ini. | All but these states.
sum | Jumlah. | The sum.
count | Berapa banyak. | How many.
average | Rata-rata. | The average.
where | Saringan. | The filter.
red | Yang ditandai merah. | What stands out in red.
layers | Lapisan peta. | Layers of the map.
counters | Penghitung. | Counters.
of | Jenis catatan yang diukur. | The record type that is measured.
kind | Jenis. | The kind.
clock | Tenggat. | The clock.
for | Untuk siapa. | For whom.
steps | Langkah formulir. | The steps of the form.
done | Kata-kata setelah dikirim. | The words after sending.
downloads | Pengaturan files yang berkasnya diberikan halaman. | Settings of files that the page gives.
paged | Satu halaman tiap langkah; biasanya mulai empat langkah. | A page for each step; usually from four steps on.
text | Teks pengantar. | The text above.
filters | Saringan yang ditawarkan. | What one may filter by.
sort | Urutan; `-` yang terbesar dulu. | The order; `-` for the largest first.
groups | Dikelompokkan menurut. | Grouped by.
popup | Isi gelembung di peta. | What the map's bubble shows.
date | Isian yang menempatkannya di kalender. | The field that places it in the calendar.
charts | Angka dan grafik. | The figures and charts.
unit | Per hari, minggu, atau bulan. | By day, week or month.
opens | Halaman yang dibuka. | The page that it opens.
email | Surel. | The e-mail.
sms | Pesan singkat. | The text message.
subject | Perihal (Liquid). | The subject line (Liquid).
body | Isi (Liquid). | The text (Liquid).
given | Keadaan awal. | What is given.
calendar | Kalender. | The calendar.
as | Peran yang melakukan. | The role that does it.
action | Tindakan. | The action.
values | Nilai isian. | The values of fields.
times | Berapa kali. | How many times.
wait | Berapa lama menunggu. | How long to wait.
state | Keadaan yang diharapkan. | The state that is expected.
value | Nilai yang diharapkan. | The value that is expected.
sees | Yang terlihat. | What is seen.
hidden | Yang tidak terlihat. | What is not seen.
cannot | Yang tidak bisa dilakukan. | What is not possible.
because | Alasan penolakan. | Why it is refused.
emits | Kejadian yang diberitahukan. | Events that it tells others.
consumes | Kejadian aplikasi lain. | Events of other apps.
exports | Isian yang boleh dibaca aplikasi lain. | Fields that other apps may read.
"""
_WORDS = {
    key: (indonesian, english)
    for key, indonesian, english in (line.split(" | ") for line in _TEXT.strip().splitlines())
}


def describe_key(key: str) -> dict[str, str]:
    """The description of a key in both languages; nothing for a key that explains itself."""
    found = _WORDS.get(key)
    return {"description": f"{found[0]} / {found[1]}"} if found else {}
