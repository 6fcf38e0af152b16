"""Names of invented people by where they live: put together from given names and names that follow."""

from __future__ import annotations

import random

GIVEN: dict[str, tuple[str, ...]] = {
    "sunda": (
        "Asep", "Ujang", "Dadang", "Cecep", "Endang", "Nining", "Euis", "Neneng", "Iis", "Tatang", "Yayan",
        "Wawan", "Imas", "Lilis", "Encep", "Rohimah", "Siti Nuraeni", "Deden", "Aan", "Ipah",
    ),
    "jawa": (
        "Slamet", "Bambang", "Sri", "Wahyu", "Endah", "Joko", "Retno", "Agus", "Sulistyowati", "Tri", "Dwi",
        "Ratna", "Hadi", "Nur", "Anjar", "Suryo", "Wening", "Galuh", "Pambudi", "Lestari",
    ),
    "lampung": (
        "Ridwan", "Yusuf", "Desi", "Rizal", "Mirna", "Andri", "Fitri", "Zulkifli", "Herlina", "Alfian",
        "Nova", "Dedi", "Septiana", "Irsan", "Melda", "Rosita",
    ),
    "minang": (
        "Afrizal", "Yulia", "Syafril", "Rahmi", "Hendri", "Desmawati", "Fadhil", "Elvira", "Zulhendri",
        "Mira", "Rinaldi", "Nofri", "Yessi", "Irwandi", "Suci", "Ramadhani",
    ),
    "melayu": (
        "Syarif", "Nurul", "Hamdan", "Zubaidah", "Iskandar", "Maimunah", "Robi", "Halimah", "Sabri", "Tuti",
        "Hermansyah", "Lina", "Fahmi", "Rosnah", "Jamal", "Suryati",
    ),
    "bali": (
        "I Wayan", "Ni Made", "I Nyoman", "Ni Ketut", "I Made", "Ni Luh", "I Gusti Ngurah", "Ni Komang",
        "I Ketut", "Ni Wayan", "I Komang", "Ida Ayu",
    ),
    "banjar": (
        "Rahmat", "Noor", "Syahrani", "Mariana", "Akhmad", "Helda", "Fauzi", "Norhayati", "Gazali", "Wahidah",
        "Rusdi", "Erlina", "Hadiansyah", "Maulida", "Arbain", "Jumiati",
    ),
    "sangihe": (
        "Jefry", "Meiske", "Hengky", "Deisy", "Frangky", "Olga", "Ronny", "Vonny", "Stenly", "Grace", "Novry",
        "Jeane", "Alfrets", "Merry", "Yopi", "Selvie",
    ),
    "timor": (
        "Yohanes", "Maria Goreti", "Petrus", "Yuliana", "Melkianus", "Oktaviana", "Markus", "Adelheid",
        "Simon", "Fransiska", "Kornelis", "Ester", "Gabriel", "Damaris", "Yakob", "Marselina",
    ),
    "makassar": (
        "Baso", "Andi", "Daeng", "Syamsul", "Hasnah", "Muliadi", "Rosmiati", "Abdul Rahman", "Nurhayati",
        "Sirajuddin", "Kasmawati", "Irfan", "Hajrah", "Amiruddin", "Nurlina", "Takdir",
    ),
    "ternate": (
        "Ismail", "Nurlaila", "Abdullah", "Fatmawati", "Rustam", "Salma", "Ikbal", "Hadijah", "Faisal",
        "Rugaya", "Sahril", "Nurdiana", "Arifin", "Asmawati", "Ruslan", "Maryam",
    ),
    "papua": (
        "Yulianus", "Dorkas", "Hengki", "Margaretha", "Frans", "Yosina", "Marthen", "Agustina", "Elieser",
        "Ribka", "Septinus", "Naomi", "Theo", "Orpa", "Nelson", "Fransina",
    ),
}  # fmt: skip
FOLLOWING: dict[str, tuple[str, ...]] = {
    "sunda": (
        "Suherman",
        "Kusnadi",
        "Mulyana",
        "Rohaeti",
        "Sutisna",
        "Hidayat",
        "Permana",
        "Suryana",
        "Komarudin",
        "Rosidah",
    ),
    "jawa": (
        "Prasetyo",
        "Wibowo",
        "Handayani",
        "Santoso",
        "Utami",
        "Nugroho",
        "Setyawan",
        "Rahayu",
        "Purnomo",
        "Kusumastuti",
    ),
    "lampung": (
        "Putra",
        "Hasan",
        "Marlina",
        "Effendi",
        "Oktaria",
        "Syahputra",
        "Gunawan",
        "Mayasari",
        "Saputra",
        "Aprilia",
    ),
    "minang": (
        "Chaniago",
        "Tanjung",
        "Koto",
        "Piliang",
        "Sikumbang",
        "Jambak",
        "Guci",
        "Caniago",
        "Mandaliko",
        "Panyalai",
    ),
    "melayu": ("Alkadrie", "Saputra", "Ramli", "Hasanah", "Anwar", "Husin", "Maulana", "Zahra", "Usman", "Kamarudin"),
    "bali": (
        "Sudarsana",
        "Ariani",
        "Wirawan",
        "Suartini",
        "Adnyana",
        "Puspawati",
        "Mahendra",
        "Sukerti",
        "Suardana",
        "Widiasih",
    ),
    "banjar": (
        "Hidayatullah",
        "Fitriani",
        "Ansyari",
        "Rahmah",
        "Syahbana",
        "Aminah",
        "Hakim",
        "Rusmini",
        "Ramadhan",
        "Mawaddah",
    ),
    "sangihe": (
        "Tatontos",
        "Makagansa",
        "Bawole",
        "Lumiu",
        "Kaligis",
        "Takapente",
        "Mandiangan",
        "Salindeho",
        "Manoppo",
        "Takasana",
    ),
    "timor": ("Nenobais", "Tallo", "Banunaek", "Manafe", "Lay", "Ndolu", "Bessie", "Nalle", "Radja", "Kolloh"),
    "makassar": ("Tompo", "Bakri", "Hafid", "Ramli", "Mappa", "Jufri", "Saleh", "Mansyur", "Latief", "Gassing"),
    "ternate": ("Umasugi", "Bachmid", "Hamid", "Marsaoly", "Taib", "Albaar", "Senen", "Djafar", "Assagaf", "Tuara"),
    "papua": ("Wanggai", "Ohee", "Awoitauw", "Mandacan", "Wenda", "Rumbiak", "Merauje", "Hamadi", "Itaar", "Kambuaya"),
}
LONG_TITLES = ("Prof. Dr. Ir. H.", "Drs. H. Muhammad", "Dra. Hj.", "Ir. R.")
LONG_ENDINGS = (
    "S.Sos., M.Si., Ph.D.",
    "S.T., M.T., IPU., ASEAN Eng.",
    "S.H., M.H., CLA., CPM.",
    "S.E., M.Ec.Dev., Ak., CA.",
)


def draw_name(chance: random.Random, culture: str, *, long: bool = False) -> str:
    """The name of somebody invented; with `long` everything that can stand before and after a name."""
    name = f"{chance.choice(GIVEN[culture])} {chance.choice(FOLLOWING[culture])}"
    if not long:
        return name
    middle = chance.choice(FOLLOWING[culture])
    return f"{chance.choice(LONG_TITLES)} {name} {middle}, {chance.choice(LONG_ENDINGS)}"


def draw_names(chance: random.Random, culture: str, number: int, *, long: bool = False) -> list[str]:
    """So many different names."""
    found: dict[str, None] = {}
    while len(found) < number:
        found.setdefault(draw_name(chance, culture, long=long))
    return list(found)
