"""What programs read of the catalog; the descriptions feed the OpenAPI document."""

from __future__ import annotations

from marshmallow import Schema, fields

_BY_LANGUAGE = {"description": "A text by language.", "example": {"id": "Laporan warga", "en": "Citizen reports"}}


def _texts() -> fields.Dict:
    return fields.Dict(keys=fields.String(), values=fields.String(), required=True, metadata=_BY_LANGUAGE)


class PublisherOut(Schema):
    """Who publishes an app."""

    id = fields.String(required=True)
    name = fields.String(required=True)


class AppOut(Schema):
    """An app of the catalog, as lists show it."""

    id = fields.String(required=True, metadata={"example": "siaran"})
    name = _texts()
    summary = _texts()
    category = fields.String(required=True, metadata={"example": "complaints"})
    audience = fields.String(required=True, metadata={"enum": ["public-service", "government"]})
    version = fields.String(required=True, metadata={"description": "The newest published version."})
    released_at = fields.AwareDateTime(required=True)
    supported_until = fields.Date(
        required=True,
        allow_none=True,
        metadata={"description": "The last day of support, in Jakarta; null while no end was announced."},
    )
    publisher = fields.Nested(PublisherOut, required=True)
    municipalities = fields.Integer(
        required=True, metadata={"description": "How many municipalities say in public that they run it."}
    )
    rating = fields.Float(
        required=True, allow_none=True, metadata={"description": "Weighted mean of stars; null while too few judged."}
    )
    icon = fields.URL(required=True)
    page = fields.URL(required=True)
    url = fields.URL(required=True, metadata={"description": "This app in full, for programs."})


class AppListOut(Schema):
    """A page of apps."""

    items = fields.List(fields.Nested(AppOut), required=True)
    total = fields.Integer(required=True, metadata={"description": "How many there are on all pages."})
    next = fields.URL(required=True, allow_none=True, metadata={"description": "The next page; null on the last."})


class ReleaseOut(Schema):
    """A version that is or was published."""

    version = fields.String(required=True)
    state = fields.String(required=True, metadata={"enum": ["published", "yanked"]})
    channel = fields.String(required=True, metadata={"enum": ["stable", "beta"]})
    released_at = fields.AwareDateTime(required=True)
    supported_until = fields.Date(required=True, allow_none=True)
    successor = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "The version, or the id of the app, that comes instead."},
    )
    digest = fields.String(required=True, metadata={"description": "SHA-256 of the canonical form."})
    page = fields.URL(required=True)
    changes = fields.URL(required=True)


class ReviewsOut(Schema):
    """What the stars of municipalities come to."""

    mean = fields.Float(required=True, allow_none=True)
    number = fields.Integer(required=True)
    distribution = fields.Dict(
        keys=fields.String(), values=fields.Integer(), required=True, metadata={"description": "How many of each star."}
    )


class AdopterOut(Schema):
    """A municipality that says in public that it runs the app."""

    municipality = fields.String(required=True)
    region_code = fields.String(required=True, metadata={"example": "36.74"})
    shown_as = fields.String(required=True)
    version = fields.String(required=True)
    since = fields.Date(required=True)


class AdoptionOut(Schema):
    """Adoption as far as municipalities let it be known."""

    enabled = fields.Integer(required=True)
    publishing = fields.Integer(required=True)
    truly_used = fields.Integer(required=True)
    month = fields.String(required=True, metadata={"example": "2026-10"})
    url = fields.URL(required=True, metadata={"description": "All figures."})


class AppDetailOut(AppOut):
    """An app in full."""

    description = _texts()
    licence = fields.String(required=True)
    languages = fields.List(fields.String(), required=True)
    source = fields.URL(required=True)
    releases = fields.List(fields.Nested(ReleaseOut), required=True)
    reviews = fields.Nested(ReviewsOut, required=True)
    adopters = fields.List(fields.Nested(AdopterOut), required=True)
    adoption = fields.Nested(AdoptionOut, required=True)
    requests = fields.Dict(
        keys=fields.String(), values=fields.Integer(), required=True, metadata={"description": "Requests by state."}
    )
