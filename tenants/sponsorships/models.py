"""Sponsors, what each of them pays for, and which letters about it were written."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lumbung.codes import new_code
from lumbung.db.base import GlobalTable
from lumbung.db.clock import now
from lumbung.money.models import Agreement


class SponsorKind(StrEnum):
    """What a sponsor is. The values are stored and stand in the API: they are never renamed."""

    COMPANY = "company"
    GRANT_GIVER = "grant_giver"
    PERSON = "person"


class Sponsor(GlobalTable):
    """An organisation or person who pays, by the hub account that acts for it. `anonymous` is what its next sponsorship
    begins with."""

    __tablename__ = "sponsors"
    __table_args__ = (
        UniqueConstraint("account_id", name="uq_sponsors_account_id"),
        CheckConstraint("kind IN ('company', 'grant_giver', 'person')", name="kind"),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    name: Mapped[str]
    kind: Mapped[str]
    website: Mapped[str] = mapped_column(default="")
    city: Mapped[str] = mapped_column(default="")
    about: Mapped[str] = mapped_column(default="")
    anonymous: Mapped[bool] = mapped_column(default=False)
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)


class Sponsorship(GlobalTable):
    """What a sponsor pays for; how much and how often stands in its agreement.

    `code` is its public name. Its id is never shown to others: ids tell the millisecond in which they were made.
    `since` is the day of its first payment, in Jakarta; NULL while nothing was ever paid, and then nobody else sees it.
    `by_bank`: it is paid to the bank, and an operator notes what came.
    """

    __tablename__ = "sponsorships"
    __table_args__ = (
        UniqueConstraint("agreement_id", name="uq_sponsorships_agreement_id"),
        UniqueConstraint("code", name="uq_sponsorships_code"),
        Index("ix_sponsorships_sponsor_id", "sponsor_id"),
        Index("ix_sponsorships_since", "since", "code"),
        Index("ix_sponsorships_target", "target_type", "target_id"),
    )

    sponsor_id: Mapped[UUID] = mapped_column(ForeignKey("sponsors.id"))
    agreement_id: Mapped[UUID] = mapped_column(ForeignKey(Agreement.id))
    code: Mapped[str] = mapped_column(default=new_code)
    target_type: Mapped[str]
    target_id: Mapped[str]
    anonymous: Mapped[bool]
    public_message: Mapped[str] = mapped_column(default="")
    by_bank: Mapped[bool] = mapped_column(default=False)
    since: Mapped[date | None]
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)


class SponsorLetter(GlobalTable):
    """A letter to a sponsor was written `about` one thing (`payment:<id>`, `late:<until>`, …), and is not again."""

    __tablename__ = "sponsor_letters"
    __append_only__ = True
    __table_args__ = (UniqueConstraint("sponsorship_id", "about", name="uq_sponsor_letters_sponsorship_id_about"),)

    sponsorship_id: Mapped[UUID] = mapped_column(ForeignKey("sponsorships.id"))
    about: Mapped[str]
