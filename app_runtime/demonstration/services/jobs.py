"""Employers and their vacancies."""

from __future__ import annotations

from datetime import datetime

from app_runtime.demonstration.services.script import CITIZEN, Item, Service, Step, day_of

_OFFICER = "tari"


def jobs(until: datetime) -> Service:
    """A month of vacancies."""

    def employer(days: float, company: str, permit: str, trade: str, person: str, *steps: Step) -> Item:
        contact = {"name": person, "email": f"{person.split()[0].lower()}@example.org"}
        values = {
            "company": company,
            "permit": permit,
            "trade": trade,
            "address": "Kawasan contoh, Kota Tangerang",
            "contact": contact,
        }
        return Item("employer", days, CITIZEN, values, steps)

    def vacancy(
        days: float, permit: str, job: str, trade: str, kind: str, seats: int, pay: int, spot: int, *steps: Step
    ) -> Item:
        values = {
            "permit": permit,
            "job": job,
            "trade": trade,
            "kind": kind,
            "seats": seats,
            "pay": pay,
            "tasks": "Bekerja sesuai jadwal dalam tim, dengan pelatihan pada pekan pertama.",
            "closes": day_of(until, 20 - days / 4).isoformat(),
            "contact": {"name": "Bagian kepegawaian", "email": "kepegawaian@example.org"},
        }
        return Item("vacancy", days, CITIZEN, values, steps, spot, names=job)

    verify, publish = Step(20, _OFFICER, "verify"), Step(16, _OFFICER, "publish")
    return Service(
        "loker",
        {"office": "disnaker"},
        [
            employer(38, "Roti Cisadane", "9120001230011", "food", "Mulyadi Santoso", verify),
            employer(37, "Gudang Maju Bersama", "9120001230022", "factory", "Sinta Permata", verify),
            employer(2, "Bengkel Las Karya Baru", "9120001230033", "building", "Oman Suherman"),
            vacancy(24, "9120001230011", "Pembuat roti", "food", "permanent", 3, 5_100_000, 1, publish),
            vacancy(18, "9120001230022", "Petugas gudang", "factory", "contract", 12, 5_300_000, 7, publish),
            vacancy(11, "9120001230022", "Sopir antar barang", "driver", "contract", 4, 5_500_000, 8, publish),
            vacancy(1, "9120001230022", "Magang administrasi", "office", "intern", 2, 3_000_000, 7),
        ],
    )
