"""What programs read of sponsors; the descriptions feed the OpenAPI document."""

from __future__ import annotations

from marshmallow import Schema, fields

from tenants.sponsorships.models import SponsorKind


class LanguagesOut(Schema):
    """A text in both languages."""

    id = fields.String(required=True)
    en = fields.String(required=True)


class SponsorOut(Schema):
    """A sponsor who wishes to be known."""

    name = fields.String(required=True)
    kind = fields.String(required=True, metadata={"enum": [kind.value for kind in SponsorKind]})
    website = fields.String(required=True)
    city = fields.String(required=True)


class SponsoredOut(Schema):
    """What is sponsored."""

    kind = fields.String(required=True, metadata={"example": "municipality"})
    key = fields.String(
        required=True, metadata={"description": "Its name in `for`.", "example": "municipality:tangsel"}
    )
    name = fields.Nested(LanguagesOut, required=True)
    url = fields.URL(required=True, allow_none=True)


class SponsorshipOut(Schema):
    """One sponsorship that was paid; amounts in whole rupiah."""

    code = fields.String(required=True)
    sponsor = fields.Nested(
        SponsorOut, required=True, allow_none=True, metadata={"description": "Null where the sponsor is anonymous."}
    )
    sponsored = fields.Nested(SponsoredOut, required=True)
    cadence = fields.String(required=True, metadata={"enum": ["once", "monthly"]})
    amount = fields.Integer(required=True, metadata={"description": "Of each month, or of the one payment."})
    standing = fields.String(required=True, metadata={"enum": ["running", "stopping", "over", "paid"]})
    since = fields.Date(required=True)
    until = fields.Date(required=True, allow_none=True, metadata={"description": "Until when a monthly one is paid."})
    received = fields.Integer(required=True)
    given_back = fields.Integer(required=True)
    message = fields.String(required=True)
    page = fields.URL(required=True)


class SponsorshipListOut(Schema):
    """A page of sponsorships, the latest first."""

    items = fields.List(fields.Nested(SponsorshipOut), required=True)
    next = fields.URL(required=True, allow_none=True, metadata={"description": "The next page; null on the last."})
