"""Problems of what runs by itself: children, events, schedules, calls."""

from app_catalog.definitions.problem_texts.wording import ProblemText, both, unknown

RUNNING_TEXTS: dict[str, ProblemText] = {
    "children-twice": (
        both("Jenis “{found}” sudah menjadi anak dengan nama lain.", "Records of type “{found}” are children already."),
        both("Sebut setiap jenis satu kali saja.", "Name each type once."),
    ),
    "setting-without-value": (
        both(
            "Pengaturan wajib “{found}” belum berisi, jadi aplikasi tidak dapat diaktifkan di pratinjau.",
            "The required setting “{found}” has no value, so the app cannot be enabled in the preview.",
        ),
        both(
            "Beri default; di daerah sungguhan admin mengisinya.",
            "Give it a default; in a real municipality its administrator fills it in.",
        ),
    ),
    "unknown-secret": unknown("pengaturan rahasia (secret: true)", "secret setting (secret: true)"),
    "unknown-file-setting": unknown("pengaturan jenis files", "setting of type files"),
    "unknown-consumed-event": unknown("kejadian dalam consumes", "event under consumes"),
    "unknown-occasion": unknown("tindakan atau keadaan", "action or state"),
    "bad-event": (
        both("“{found}” bukan kejadian aplikasi lain.", "“{found}” is no event of another app."),
        both("Tulis <aplikasi>/<kejadian>, misalnya wifi/point-fault.", "Write <app>/<event>, as in wifi/point-fault."),
    ),
    "export-not-open": (
        both(
            "Isian “{found}” pribadi, terbatas, atau berjenis yang tetap di aplikasi ini.",
            "The field “{found}” is private, restricted, or of a type that stays in this app.",
        ),
        both("Hapus dari exports.", "Remove it from exports."),
    ),
    "event-without-exports": (
        both(
            "Kejadian ini tidak membawa apa pun: “{found}” tidak ada di exports.",
            "The event carries nothing: “{found}” is not in exports.",
        ),
        both("Sebut isian yang boleh dibaca aplikasi lain di exports.", "Name what other apps may read under exports."),
    ),
    "action-nobody-takes": (
        both("Tindakan “{found}” tidak dapat dilakukan siapa pun.", "Nobody can take the action “{found}”."),
        both(
            "Beri salah satu peran di by hak read, atau pakai di then atau act.",
            "Give one of the roles in by a read access, or use it in a then or an act.",
        ),
    ),
    "clock-never-met": (
        both("Jam tenggat “{found}” tidak pernah dapat dipenuhi.", "The clock “{found}” can never be met."),
        both("Sebut di met_by tindakan yang dapat dilakukan.", "Name an action under met_by that somebody can take."),
    ),
    "clock-never-starts": (
        both("Jam tenggat “{found}” tidak pernah mulai.", "The clock “{found}” never starts."),
        both("Sebut di starts tindakan yang dapat dilakukan.", "Name an action under starts that somebody can take."),
    ),
    "fan-out-source": (
        both(
            "“{found}” bukan pertanyaan atau isian berjenis agencies atau agency.",
            "“{found}” is not an ask or field of type agencies or agency.",
        ),
        both("{suggestion} Atau pakai settings.<tabel>.", "{suggestion} Or use settings.<table>."),
    ),
}
