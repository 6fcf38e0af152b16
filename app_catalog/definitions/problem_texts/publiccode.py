"""Problems of publiccode.yml, each as its standard says it."""

from app_catalog.definitions.problem_texts.wording import ProblemText, both

PUBLICCODE_TEXTS: dict[str, ProblemText] = {
    "publiccode-version": (
        both("Versi standar “{found}” tidak dikenal.", "The standard’s version “{found}” is unknown."),
        both(
            'Tulis publiccodeYmlVersion: "{newest}". Yang dapat dibaca: {supported}.',
            'Write publiccodeYmlVersion: "{newest}". Those that can be read: {supported}.',
        ),
    ),
    "publiccode-quotes": (
        both("“{found}” terbaca sebagai angka, padahal ini teks.", "“{found}” reads as a number, and this is a text."),
        both('Beri tanda kutip: "{found}".', 'Put it into quotes: "{found}".'),
    ),
    "publiccode-yaml-1-1": (
        both("“{found}” adalah cara menulis YAML 1.1.", "“{found}” is how YAML 1.1 writes it."),
        both("Tulis {right}.", "Write {right}."),
    ),
    "publiccode-language": (
        both("“{found}” bukan kode bahasa BCP 47.", "“{found}” is no BCP 47 language tag."),
        both("Pakai kode seperti id, en, atau jv.", "Use a tag such as id, en or jv."),
    ),
    "publiccode-licence": (
        both("“{found}” bukan ungkapan lisensi SPDX.", "“{found}” is no SPDX licence expression."),
        both(
            "Tulis seperti AGPL-3.0-or-later atau “MIT OR EUPL-1.2”; daftarnya di spdx.org/licenses.",
            "Write it as AGPL-3.0-or-later or “MIT OR EUPL-1.2”; the list is at spdx.org/licenses.",
        ),
    ),
    "publiccode-deprecated": (
        both(
            "“{key}” tidak dianjurkan lagi sejak versi {since} standar.",
            "“{key}” is deprecated since version {since} of the standard.",
        ),
        both("{instead}", "{instead}"),
    ),
    "publiccode-too-new": (
        both(
            "“{key}” baru ada sejak versi {since} standar.",
            "“{key}” is there only since version {since} of the standard.",
        ),
        both('Naikkan publiccodeYmlVersion menjadi "{since}".', 'Raise publiccodeYmlVersion to "{since}".'),
    ),
    "publiccode-one-language": (
        both("“{key}” wajib ada sedikitnya dalam satu bahasa.", "“{key}” is required in one language at least."),
        both("Tambahkan “{key}:” pada salah satu bahasa.", "Add “{key}:” to one of the languages."),
    ),
    "publiccode-needed-for": (
        both(
            "“{key}” wajib ada bila maintenance/type adalah “{type}”.",
            "“{key}” is required when maintenance/type is “{type}”.",
        ),
        both("Tambahkan “{key}:” dengan sedikitnya satu nama.", "Add “{key}:” with one name at least."),
    ),
    "publiccode-contractors": (
        both(
            "“contractors” hanya untuk maintenance/type “contract”.",
            "“contractors” is only for maintenance/type “contract”.",
        ),
        both("Hapus bagian ini, atau tulis type: contract.", "Remove this section, or write type: contract."),
    ),
    "publiccode-country-twice": (
        both("Bagian negara “{key}” tertulis dua kali.", "The section of the country “{key}” stands twice."),
        both("Sisakan yang berhuruf besar.", "Keep the one in capitals."),
    ),
}
