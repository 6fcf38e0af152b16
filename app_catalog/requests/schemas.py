"""What programs read of requests; the descriptions feed the OpenAPI document."""

from __future__ import annotations

from marshmallow import Schema, fields

from app_catalog.requests.wording import KINDS, STATES


class RequestOut(Schema):
    """What a municipality asks of an app, with what its publisher says."""

    id = fields.UUID(required=True)
    kind = fields.String(required=True, metadata={"enum": list(KINDS)})
    state = fields.String(required=True, metadata={"enum": list(STATES)})
    title = fields.String(required=True, metadata={"description": "In the words of who asked, as is `words`."})
    words = fields.String(required=True)
    municipality = fields.String(required=True)
    version = fields.String(required=True, metadata={"description": "The version that the municipality ran then."})
    supporters = fields.Integer(
        required=True, metadata={"description": "How many municipalities want it; who asked is one of them."}
    )
    note = fields.String(required=True, metadata={"description": "What the publisher says of it."})
    fixed_version = fields.String(required=True, allow_none=True)
    duplicate_of = fields.UUID(required=True, allow_none=True)
    asked_at = fields.AwareDateTime(required=True)
    updated_at = fields.AwareDateTime(required=True)
    page = fields.URL(required=True)
    url = fields.URL(required=True, metadata={"description": "This request in full, for programs."})


class RequestListOut(Schema):
    """A page of requests."""

    items = fields.List(fields.Nested(RequestOut), required=True)
    counts = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        required=True,
        metadata={"description": "How many requests of the app are in each state, on all pages."},
    )
    next = fields.URL(required=True, allow_none=True, metadata={"description": "The next page; null on the last."})


class RequestDetailOut(RequestOut):
    """One request in full."""

    supported_by = fields.List(fields.String(), required=True, metadata={"description": "Names of municipalities."})
    merged = fields.List(
        fields.UUID(), required=True, metadata={"description": "Requests that were merged into this one."}
    )


class FixedOut(Schema):
    """What was fixed in a version."""

    version = fields.String(required=True)
    requests = fields.List(fields.Nested(RequestOut), required=True)


class RoadmapOut(Schema):
    """What is planned, being done, and fixed by version, the highest first."""

    planned = fields.List(fields.Nested(RequestOut), required=True)
    in_progress = fields.List(fields.Nested(RequestOut), required=True)
    fixed = fields.List(fields.Nested(FixedOut), required=True)
