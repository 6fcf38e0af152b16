"""Files of every version of publiccode.yml, written for these tests, and how they are read."""

from __future__ import annotations

from app_catalog.definitions.publiccode.reading import PubliccodeFile, read_publiccode

LONG = (
    "Warga melaporkan lampu jalan, sampah dan jalan rusak dari ponsel, dengan foto dan tempatnya. Laporan langsung "
    "sampai di dinas yang berwenang, dan tanda merah muncul bila dinas belum menjawab dalam dua hari. Kepala dinas "
    "melihat apa yang terlambat, warga melihat apa yang sudah dikerjakan, dan setiap langkah tercatat. Aplikasi ini "
    "dipakai bersama oleh banyak daerah, masing-masing dengan aturan, jam kerja dan nama sendiri, tanpa biaya lisensi. "
    "Perbaikan dari satu daerah kembali untuk semua daerah lainnya."
)

MINIMAL = f"""publiccodeYmlVersion: "%VERSION%"
name: Lapor Padi
url: https://git.padi.example/lapor.git
releaseDate: "2026-03-01"
platforms:
  - web
categories:
  - feedback-and-reviews-management
developmentStatus: stable
softwareType: standalone/web
description:
  id:
    genericName: Pelaporan warga
    shortDescription: Warga lapor, dinas jawab.
    longDescription: >
      {LONG}
    features:
      - Lapor dengan foto
legal:
  license: AGPL-3.0-or-later
maintenance:
  type: internal
  contacts:
    - name: Siti Rahma
localisation:
  localisationReady: true
  availableLanguages:
    - id
"""

FULL = f"""publiccodeYmlVersion: "%VERSION%"
name: Lapor Padi
applicationSuite: Padi
url: https://git.padi.example/lapor.git
landingURL: https://padi.example/lapor
isBasedOn: https://git.padi.example/tua.git
softwareVersion: "1.4"
releaseDate: 2026-03-01
logo: gambar/logo.svg
platforms: web
categories:
  - feedback-and-reviews-management
  - geographic-information-systems
usedBy:
  - Kota Padi
roadmap: https://padi.example/rencana
developmentStatus: stable
softwareType: standalone/web
intendedAudience:
  countries: [id]
  unsupportedCountries: [nl]
  scope: [local-authorities]
description:
  id:
    localisedName: Lapor
    genericName: Pelaporan warga
    shortDescription: Warga lapor, dinas jawab.
    longDescription: |
      {LONG}
    documentation: https://padi.example/panduan
    apiDocumentation: https://padi.example/api
    features: [Lapor dengan foto, Tanda merah]
    screenshots: [gambar/satu.png, https://padi.example/dua.jpg]
    videos: [https://video.example/1]
    awards: [Juara satu]
  en:
    genericName: Citizen reports
    shortDescription: Citizens report, agencies answer.
legal:
  license: MIT OR EUPL-1.2
  mainCopyrightOwner: Kota Padi
  repoOwner: Kota Padi
  authorsFile: AUTHORS
maintenance:
  type: contract
  contractors:
    - name: PT Sawah
      until: "2028-01-31"
      email: halo@sawah.example
      website: https://sawah.example
  contacts:
    - name: Siti Rahma
      email: siti@padi.example
      phone: "+62211234567"
      affiliation: Diskominfo
localisation:
  localisationReady: yes
  availableLanguages: [id, en, id-x-jaksel]
dependsOn:
  open:
    - name: PostgreSQL
      versionMin: "15"
      optional: false
  proprietary:
    - name: Peta
      version: "2"
  hardware:
    - name: Kamera
      versionMax: "9"
inputTypes: [text/plain]
outputTypes: [application/json]
monochromeLogo: gambar/hitam.svg
it:
  countryExtensionVersion: "1.0"
  conforme:
    gdpr: true
  riuso:
    codiceIPA: c_h501
"""

NEWEST_KEYS = """organisation:
  uri: urn:x-id-kemendagri:36.71
  name: Kota Padi
fundedBy:
  - name: Dana Padi
    uri: https://dana.example
supports:
  - id: alias:gdpr
  - id: https://peraturan.example/uu-27-2022
"""


def minimal(version: str = "0.7") -> str:
    """The smallest file that every version takes without a word, apart from what 0.2 alone asks for."""
    text = MINIMAL.replace("%VERSION%", version)
    return text if version.startswith("0.2") else text.replace("    genericName: Pelaporan warga\n", "")


def full(version: str = "0.7") -> str:
    """A file with every key that 0.2 had."""
    return FULL.replace("%VERSION%", version)


def read(text: str) -> PubliccodeFile:
    return read_publiccode(text.encode())


def codes(found: PubliccodeFile) -> set[tuple[str, str]]:
    """Every problem that was found: its code and the key that it is about."""
    return {(problem.code, problem.path) for problem in found.report.problems}
