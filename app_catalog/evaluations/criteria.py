"""The five criteria that every rubric has; alone and with equal weights they are the yearly evaluation."""

from __future__ import annotations

from dataclasses import dataclass

from lumbung.i18n import Text


@dataclass(frozen=True)
class Criterion:
    """One criterion, judged from 1 to 5 with a reason. `weight` is in per cent of the whole."""

    id: str
    name: Text
    question: Text
    weight: int = 20


CRITERIA: tuple[Criterion, ...] = (
    Criterion(
        "ease",
        Text("Kemudahan", "Ease of use"),
        Text(
            "Seberapa mudah warga dan petugas memakainya tanpa dibantu?",
            "How easily do citizens and officials use it without help?",
        ),
    ),
    Criterion(
        "reliability",
        Text("Keandalan", "Reliability"),
        Text(
            "Apakah selalu dapat dipakai, dan tidak ada yang hilang?",
            "Is it always there when needed, and is nothing lost?",
        ),
    ),
    Criterion(
        "fit",
        Text("Kesesuaian", "Fit"),
        Text(
            "Seberapa cocok dengan aturan dan cara kerja daerah Anda?",
            "How well does it fit your rules and the way you work?",
        ),
    ),
    Criterion(
        "support",
        Text("Pendampingan", "Support"),
        Text(
            "Seberapa cepat dan jelas bantuan dari penerbitnya?",
            "How quick and clear is the help from its publisher?",
        ),
    ),
    Criterion(
        "effect",
        Text("Dampak", "Effect"),
        Text(
            "Apa yang berubah bagi warga sejak aplikasi ini dipakai?",
            "What has changed for citizens since it is in use?",
        ),
    ),
)
