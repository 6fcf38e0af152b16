"""Problems of files, archives and YAML."""

from app_catalog.definitions.problem_texts.wording import ProblemText, both

FILE_TEXTS: dict[str, ProblemText] = {
    "file-missing": (
        both("Berkas ini wajib ada dalam paket.", "A package must have this file."),
        both("Tambahkan berkas ini.", "Add the file."),
    ),
    "file-unknown": (
        both("Berkas ini bukan bagian dari sebuah paket.", "This file is not part of a package."),
        both(
            "Hapus berkas ini atau perbaiki nama dan foldernya, misalnya records/report.yaml.",
            "Remove it, or correct its name and folder, as in records/report.yaml.",
        ),
    ),
    "file-not-supported-yet": (
        both(
            "Berkas seperti ini belum didukung di versi Lumbung ini.",
            "Such a file is not supported yet in this version of Lumbung.",
        ),
        both("Hapus dulu berkas ini.", "Remove the file for now."),
    ),
    "file-outside": (
        both("Nama berkas menunjuk ke luar paket.", "The file's name points outside the package."),
        both(
            "Pakai nama relatif tanpa “..” dan tanpa garis miring di depan.",
            "Use a relative name without “..” or a leading slash.",
        ),
    ),
    "file-link": (
        both(
            "Ini tautan atau berkas khusus, bukan berkas biasa.", "This is a link or special file, not a regular file."
        ),
        both("Ganti dengan salinan berkasnya.", "Replace it by a copy of the file."),
    ),
    "file-encrypted": (
        both(
            "Isi arsip ini dienkripsi atau dimampatkan dengan cara yang tidak dikenal.",
            "This member is encrypted or compressed in an unknown way.",
        ),
        both("Buat arsip dengan “lumbung app pack”.", "Make the archive with “lumbung app pack”."),
    ),
    "file-twice": (
        both("Nama berkas ini muncul dua kali dalam arsip.", "This name stands twice in the archive."),
        both("Sisakan satu.", "Keep one."),
    ),
    "file-too-large": (
        both("Berkas ini terlalu besar.", "The file is too large."),
        both("Paling besar {limit}.", "At most {limit}."),
    ),
    "file-not-utf8": (
        both("Isi berkas bukan teks UTF-8.", "The file is not UTF-8 text."),
        both("Simpan berkas sebagai UTF-8.", "Save the file as UTF-8."),
    ),
    "file-empty": (
        both("Berkas ini kosong.", "The file is empty."),
        both("Isi berkas ini atau hapus.", "Fill it in or remove it."),
    ),
    "package-too-large": (
        both(
            "Paket ini terlalu besar atau terlalu banyak berkasnya.", "The package is too large or has too many files."
        ),
        both(
            "Kurangi berkasnya: paling banyak 200 berkas dan 8 MB.", "Use fewer files: at most 200, and 8 MB together."
        ),
    ),
    "package-too-long": (
        both(
            "Semua berkas YAML paket ini bersama-sama terlalu panjang.", "The YAML of the package is too long together."
        ),
        both("Paling banyak {limit} unsur.", "At most {limit} elements together."),
    ),
    "too-many-files": (
        both("Ada {found} berkas di folder ini.", "There are {found} files in this folder."),
        both("Paling banyak {max}.", "At most {max}."),
    ),
    "hidden-character": (
        both("Ada tanda yang tidak terlihat ({found}) di sini.", "A character that nobody sees ({found}) stands here."),
        both(
            "Hapus tanda itu; tulisan harus berarti seperti yang terlihat.",
            "Remove it; a text must mean what people see.",
        ),
    ),
    "archive-broken": (
        both("Arsip tidak dapat dibaca: {detail}.", "The archive cannot be read: {detail}."),
        both("Buat arsip dengan “lumbung app pack”.", "Make the archive with “lumbung app pack”."),
    ),
    "not-a-picture": (
        both("Isi berkas ini bukan gambar {found}.", "The file is not a {found} picture."),
        both("Simpan ulang sebagai gambar {found}.", "Save it again as a {found} picture."),
    ),
    "unsafe-icon": (
        both(
            "Ikon berisi sesuatu selain gambar: {detail}.", "The icon holds something other than a drawing: {detail}."
        ),
        both(
            "Pakai SVG sederhana: bentuk, warna, dan gradien, tanpa skrip, gaya, atau alamat luar.",
            "Use plain SVG: shapes, colours and gradients, without script, styles or outside addresses.",
        ),
    ),
    "yaml-syntax": (
        both("Susunan YAML keliru: {detail}.", "The YAML cannot be read: {detail}."),
        both(
            "Periksa indentasi, kurung, dan tanda kutip di sekitar baris ini.",
            "Check indentation, brackets and quotes around this line.",
        ),
    ),
    "yaml-anchor": (
        both("Jangkar “&{name}” tidak diizinkan.", "The anchor “&{name}” is not allowed."),
        both(
            "Hapus jangkar dan tulis nilainya lengkap di tiap tempat.",
            "Remove it and write the value out at each place.",
        ),
    ),
    "yaml-alias": (
        both("Alias “*{name}” tidak diizinkan.", "The alias “*{name}” is not allowed."),
        both(
            "Tulis nilainya lengkap di sini; beri tanda kutip bila bintang itu teks.",
            "Write the value out here; quote it if the star is text.",
        ),
    ),
    "yaml-tag": (
        both("Tanda jenis “{name}” tidak diizinkan.", "The tag “{name}” is not allowed."),
        both(
            "Hapus tanda itu; beri tanda kutip bila tanda seru itu teks.",
            "Remove the tag; quote the value if the exclamation mark is text.",
        ),
    ),
    "yaml-merge-key": (
        both("Kunci gabung “<<” tidak diizinkan.", "The merge key “<<” is not allowed."),
        both("Tulis kunci-kuncinya lengkap di sini.", "Write the keys out here."),
    ),
    "yaml-duplicate-key": (
        both("Kunci “{key}” sudah ada di baris {first}.", "The key “{key}” already stands in line {first}."),
        both("Hapus salah satu.", "Remove one of them."),
    ),
    "yaml-key-not-text": (
        both("Kunci harus berupa teks.", "A key must be a text."),
        both("Pakai satu kata sebagai kunci.", "Use one word as the key."),
    ),
    "yaml-several-documents": (
        both("Berkas berisi lebih dari satu dokumen.", "The file holds more than one document."),
        both("Hapus “---” dan pindahkan isinya ke berkas lain.", "Remove “---” and move the rest to another file."),
    ),
    "yaml-directive": (
        both("Baris petunjuk “%” tidak diizinkan.", "A “%” directive is not allowed."),
        both("Hapus baris itu; paket selalu YAML 1.2.", "Remove the line; packages are always YAML 1.2."),
    ),
    "yaml-depth": (
        both("Susunan lebih dalam dari {limit} tingkat.", "The file is nested deeper than {limit} levels."),
        both("Sederhanakan susunannya.", "Make the structure flatter."),
    ),
    "yaml-too-long": (
        both("Berkas berisi lebih dari {limit} unsur.", "The file holds more than {limit} elements."),
        both("Bagi menjadi beberapa berkas.", "Split it into several files."),
    ),
}
