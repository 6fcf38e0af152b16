"""The README of every archive, for somebody who has nothing but the archive."""

from __future__ import annotations

from lumbung.backup.manifest import Manifest

_TEXT = """\
{title_id}
Dibuat {made_at} oleh Lumbung {lumbung}, skema {revision}.

Berkas ini arsip tar biasa. Membukanya tidak perlu Lumbung: `tar -xf NAMA.tar`.
  manifest.json         isi arsip: jenis, tabel, jumlah baris, SHA-256 (ada di akhir arsip)
  schema.json           tabel dan kolomnya: jenis, kunci, rujukan
  tables/NAMA.jsonl.gz  satu baris teks per baris tabel, masing-masing objek JSON (buka dengan gzip, UTF-8)
  files/DAERAH/ID       berkas yang diunggah; namanya ada di tabel `files`
  files.jsonl.gz        daftar berkas dengan ukuran dan SHA-256
Waktu dalam UTC. Kolom yang kosong (NULL) tidak ditulis. Data biner ditulis heksadesimal dengan awalan \\x.
Memulihkan: `lumbung restore`. Memeriksa tanpa basis data: `lumbung backup --check`.
{keys_id}
Arsip ini memuat data pribadi. Simpan seperti basis datanya: terenkripsi, hanya untuk yang berhak.

----

{title_en}
Made {made_at} by Lumbung {lumbung}, schema {revision}.

This file is an ordinary tar archive. Lumbung is not needed to open it: `tar -xf NAME.tar`.
  manifest.json         what is in it: kind, tables, rows, SHA-256 (at the end of the archive)
  schema.json           the tables and their columns: types, keys, references
  tables/NAME.jsonl.gz  one line of text per row, each a JSON object (open with gzip, UTF-8)
  files/MUNICIPALITY/ID uploaded files; their names are in the table `files`
  files.jsonl.gz        the list of files with size and SHA-256
Times are in UTC. A column that is empty (NULL) is left out. Binary data is hexadecimal behind \\x.
To restore: `lumbung restore`. To check without a database: `lumbung backup --check`.
{keys_en}
This archive holds personal data. Keep it as you keep the database: encrypted, for those entitled alone.
"""

_LEAVES = """\

Tidak dibawa / Left out:
"""


def readme_text(manifest: Manifest) -> bytes:
    """What `README.txt` of an archive says, Indonesian first. `manifest` may still lack its sums."""
    whose = manifest.municipality
    text = _TEXT.format(
        title_id=f"Arsip Lumbung: {whose.name}" if whose else "Arsip Lumbung: seluruh platform",
        title_en=f"Archive of Lumbung: {whose.name}" if whose else "Archive of Lumbung: the whole platform",
        made_at=manifest.made_at,
        lumbung=manifest.lumbung,
        revision=manifest.schema_revision,
        keys_id=(
            "Nilai rahasia tetap terenkripsi dan terbuka dengan kata kunci arsip ini."
            if manifest.passphrase
            else "Nilai rahasia tetap terenkripsi dengan SECRET_KEY pemasangan asal, yang tidak ada di sini:\n"
            "simpan kunci itu (dan FORMER_SECRET_KEYS) di tempat lain."
        ),
        keys_en=(
            "Secret values stay encrypted and open with the passphrase of this archive."
            if manifest.passphrase
            else "Secret values stay encrypted under the SECRET_KEY of the installation, which is not in here:\n"
            "keep that key (and FORMER_SECRET_KEYS) in another place."
        ),
    )
    lines = "".join(f"  {table}: {reason}\n" for table, reason in manifest.left_out.items())
    return (text + _LEAVES + lines).encode()
