"""Problems of meaning: names, workflow, expressions, texts."""

from app_catalog.definitions.problem_texts.wording import ProblemText, both, unknown

MEANING_TEXTS: dict[str, ProblemText] = {
    "unknown-role": unknown("peran", "role"),
    "unknown-scenario-role": unknown("peran", "role"),
    "unknown-recipient": unknown(
        "penerima (peran, agency, assignee, atau isian dengan alamat)",
        "recipient (a role, agency, assignee, or a field with an address)",
    ),
    "unknown-table": unknown("pengaturan jenis table", "setting of type table"),
    "unknown-setting": unknown("pengaturan", "setting"),
    "unknown-message": unknown("pesan di messages/", "message in messages/"),
    "unknown-page": unknown("halaman di pages/", "page in pages/"),
    "unknown-record": unknown("jenis catatan di records/", "record type in records/"),
    "unknown-state": unknown("keadaan", "state"),
    "unknown-action": unknown("tindakan", "action"),
    "unknown-children": unknown("jenis anak berkas (children)", "kind of children"),
    "unknown-clock": unknown("jam tenggat", "clock"),
    "unknown-rung": unknown("tujuan eskalasi tenggat ini", "somebody whom this clock escalates to"),
    "unknown-field": unknown("isian", "field"),
    "unknown-attribute": unknown("isian atau sifat bawaan", "field or built-in attribute"),
    "unknown-settable": unknown("isian yang dapat diisi", "field that can be set"),
    "unknown-scenario-name": unknown("catatan dalam langkah sebelumnya", "record in an earlier step"),
    "unknown-ask": (
        both(
            "“{found}” bukan isian catatan dan tidak punya type.",
            "“{found}” is not a field of the record and has no type.",
        ),
        both(
            "{suggestion} Atau tambahkan type, misalnya {{type: text}}.",
            "{suggestion} Or add a type, as in {{type: text}}.",
        ),
    ),
    "computed-and-asked": (
        both("Isian ini dihitung; kunci “{key}” tidak berlaku.", "This field is computed; the key “{key}” has no say."),
        both("Hapus “{key}”, atau hapus computed.", "Remove “{key}”, or remove computed."),
    ),
    "computed-ring": (
        both("Isian “{found}” dihitung dari dirinya sendiri.", "The field “{found}” is computed from itself."),
        both("Putuskan lingkaran rumusnya.", "Break the ring of formulas."),
    ),
    "computed-filled-in": (
        both(
            "Isian “{found}” dihitung; tidak ada yang mengisinya.",
            "The field “{found}” is computed; nobody fills it in.",
        ),
        both("Hapus dari sini.", "Remove it from here."),
    ),
    "nik-not-private": (
        both(
            "Kelompok “{found}” memuat NIK tetapi tidak pribadi.", "The group “{found}” holds a NIK and is not private."
        ),
        both("Tambahkan private: true.", "Add private: true."),
    ),
    "nik-in-history": (
        both(
            "“{found}” menanyakan NIK, tetapi bukan isian catatan.",
            "“{found}” asks for a NIK and is no field of the record.",
        ),
        both(
            "Jadikan isian catatan, supaya tersimpan terenkripsi.",
            "Make it a field of the record, where it is kept encrypted.",
        ),
    ),
    "people-for-officials": (
        both(
            "“{found}” meminta warga memilih pegawai; daftar pegawai tidak untuk umum.",
            "“{found}” has citizens choose among officials; who works there is not for the public.",
        ),
        both("Tanyakan kepada petugas saja.", "Ask officials only."),
    ),
    "private-field-public": (
        both(
            "Isian “{found}” bersifat pribadi, tetapi umum boleh membacanya.",
            "The field “{found}” is private, but the public may read it.",
        ),
        both("Hapus dari access.public.read.fields.", "Remove it from access.public.read.fields."),
    ),
    "computed-of-private": (
        both(
            "Isian “{found}” dihitung dari isian pribadi atau untuk sebagian peran, dan umum boleh membacanya.",
            "The field “{found}” is worked out of one that is private or for some roles, and the public may read it.",
        ),
        both(
            "Hapus dari access.public.read.fields, atau pastikan orang atau nilai asalnya tidak dikenali darinya.",
            "Remove it from access.public.read.fields, or make sure that it tells neither who it is nor that value.",
        ),
    ),
    "field-not-public": (
        both(
            "Halaman untuk umum memuat “{found}”, yang tidak boleh dibaca umum.",
            "A public page shows “{found}”, which the public may not read.",
        ),
        both(
            "Hapus dari halaman ini, atau tambahkan ke access.public.read.fields.",
            "Remove it from the page, or add it to access.public.read.fields.",
        ),
    ),
    "bad-example": (
        both("Contoh ini ditolak: {detail_id}", "This example is refused: {detail}"),
        both("Perbaiki nilainya, atau hapus contoh ini.", "Correct the value, or remove the example."),
    ),
    "ask-type-differs": (
        both(
            "Pertanyaan ini berjenis {found}, padahal isiannya {expected}.",
            "The ask is of type {found}, but the field is {expected}.",
        ),
        both("Hapus type, atau beri nama lain.", "Remove the type, or name the ask otherwise."),
    ),
    "state-unreachable": (
        both("Keadaan “{found}” tidak pernah tercapai.", "The state “{found}” can never be reached."),
        both(
            "Tambahkan tindakan dengan to: {found}, atau hapus keadaan ini.",
            "Add an action with to: {found}, or remove the state.",
        ),
    ),
    "state-dead-end": (
        both("Dari keadaan “{found}” tidak ada jalan keluar.", "Nothing leads out of the state “{found}”."),
        both(
            "Tambahkan tindakan dari sini, atau tandai end: success atau end: other.",
            "Add an action from it, or mark it end: success or end: other.",
        ),
    ),
    "not-by-nobody": (
        both(
            "Tindakan “{found}” hanya diambil platform, jadi not_by ini tidak menghalangi siapa pun.",
            "The platform alone takes “{found}”, so this not_by keeps nobody away.",
        ),
        both("Sebut tindakan yang diambil orang sebelumnya.", "Name the action that a person took before it."),
    ),
    "hides-itself": (
        both(
            "“{found}” disembunyikan menurut jawabannya sendiri, dan jawaban itu dapat hilang.",
            "“{found}” is hidden by its own answer, and the answer may be dropped.",
        ),
        both(
            "Sebut isian lain; untuk yang sudah ada nilainya pakai required_when.",
            "Name other fields; for what has a value already use required_when.",
        ),
    ),
    "satisfaction-before-end": (
        both(
            "Kepuasan ditanyakan pada keadaan “{found}”, padahal berkas masih terbuka di sana.",
            "Satisfaction is asked in the state “{found}”, but the record is still open there.",
        ),
        both(
            "Sebut hanya keadaan akhir, atau tandai “{found}” dengan end: success.",
            "Name end states only, or mark “{found}” with end: success.",
        ),
    ),
    "workflow-without-end": (
        both("Tidak ada keadaan akhir.", "No state is an end."),
        both("Tandai sedikitnya satu keadaan dengan end: success.", "Mark at least one state with end: success."),
    ),
    "clocks-without-workflow": (
        both("Jam tenggat memerlukan workflow.", "Clocks need a workflow."),
        both("Tambahkan workflow, atau hapus clocks.", "Add a workflow, or remove the clocks."),
    ),
    "message-without-channel": (
        both("Pesan ini tidak punya saluran.", "The message has no channel."),
        both("Tambahkan email: dengan subject dan body.", "Add email: with subject and body."),
    ),
    "expression-invalid": (
        both("Rumus CEL keliru: {detail}.", "The CEL expression is wrong: {detail}."),
        both(
            "Perbaiki rumusnya; teks tetap diberi kutip di dalam, misalnya \"'P3D'\".",
            "Correct it; a constant text is quoted inside, as in \"'P3D'\".",
        ),
    ),
    "expression-unknown-name": (
        both("Nama “{detail}” tidak dikenal dalam rumus ini.", "The name “{detail}” is unknown in this expression."),
        both("{suggestion}", "{suggestion}"),
    ),
    "expression-result": (
        both("Hasil rumus ini jenisnya salah ({detail}).", "The expression gives the wrong type ({detail})."),
        both("Tulis rumus yang menghasilkan {kind}.", "Write an expression that gives a {kind}."),
    ),
    "expression-comprehension": (
        both(
            "Makro perulangan (all, exists, map, filter) tidak diizinkan.",
            "Comprehension macros (all, exists, map, filter) are not allowed.",
        ),
        both("Pakai in, size(), atau has().", "Use in, size() or has()."),
    ),
    "expression-too-long": (
        both("Rumus ini {detail} huruf.", "The expression has {detail} characters."),
        both("Paling banyak 1.000 huruf.", "At most 1,000 characters."),
    ),
    "expression-too-deep": (
        both("Rumus ini bersusun terlalu dalam.", "The expression is nested too deeply."),
        both("Sederhanakan rumusnya.", "Make it simpler."),
    ),
    "too-many-expressions": (
        both("Semua rumus bersama-sama {found} huruf.", "The expressions have {found} characters together."),
        both("Paling banyak {max} huruf dalam satu paket.", "At most {max} characters in one package."),
    ),
    "too-much-liquid": (
        both("Semua pesan bersama-sama {found} huruf.", "The messages have {found} characters together."),
        both("Paling banyak {max} huruf dalam satu paket.", "At most {max} characters in one package."),
    ),
    "bad-liquid": (
        both("Teks Liquid keliru: {detail}.", "The Liquid text is wrong: {detail}."),
        both(
            "Perbaiki tanda kurungnya; include dan render tidak ada.",
            "Correct the braces and tags; there is no include or render.",
        ),
    ),
    "liquid-unknown-name": (
        both("Pesan tidak mengenal “{detail}”.", "A message does not know “{detail}”."),
        both("{suggestion}", "{suggestion}"),
    ),
}
