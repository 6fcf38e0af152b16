"""Schemas of records and of the asks of actions."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, post_load, pre_load

from app_catalog.definitions.model import Field, RecordType
from app_catalog.definitions.schemas.values import CHECKS
from app_catalog.definitions.schemas.wording import word

EMPTY: tuple[Any, ...] = ("", None, [], {})


class PackageSchema(Schema):
    """The base of every compiled schema: unknown keys are errors, what was left empty counts as absent."""

    class Meta:
        unknown = RAISE

    keeps_empty = False

    @pre_load
    def _empty_as_none(self, data: Any, **_: Any) -> Any:
        if not isinstance(data, Mapping):
            return data
        found = {key: None if _is_empty(value) else value for key, value in data.items()}
        return found if self.keeps_empty else {key: value for key, value in found.items() if value is not None}

    @post_load
    def _without_empty_groups(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return data if self.keeps_empty else {key: value for key, value in data.items() if value != {}}


def _is_empty(value: Any) -> bool:
    return value in EMPTY or (isinstance(value, str) and not value.strip())


class CheckedValue(fields.Field[Any]):
    """A value that one check of ``values`` accepts."""

    def __init__(self, spec: Field, lang: str, *, options: frozenset[str] | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.spec, self.lang, self.options = spec, lang, options

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if self.spec.type == "choice":
            if not isinstance(value, str) or value not in (self.options or ()):
                raise ValidationError(word("choice", self.lang))
            return value
        checked = CHECKS[self.spec.type](value, self.spec, self.lang)
        if self.spec.type == "choices" and not (self.options or frozenset()).issuperset(checked):
            raise ValidationError(word("several", self.lang))
        return checked


MAX_ROWS = 200


class Rows(fields.List[Any]):
    """Rows of a list, each by the schema of its members; rows in which nothing stands are left out."""

    def __init__(self, row: type[Schema], spec: Field, lang: str, **kwargs: Any) -> None:
        super().__init__(fields.Nested(row), **kwargs)
        self.spec, self.lang = spec, lang

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[Any]:
        if not isinstance(value, list) or not all(isinstance(row, Mapping) for row in value):
            raise ValidationError(word("rows", self.lang))
        rows = [row for row in value if not all(_is_empty(part) for part in row.values())]
        most = self.spec.max or MAX_ROWS
        if len(rows) > most:
            raise ValidationError(word("too_many_rows", self.lang, max=most))
        if rows and len(rows) < (self.spec.min or 0):
            raise ValidationError(word("too_few_rows", self.lang, min=self.spec.min))
        # What is partial is the record; a row is whole.
        return super()._deserialize(rows, attr, data, **{**kwargs, "partial": False})


def _messages(lang: str) -> dict[str, str]:
    return {name: word("required", lang) for name in ("required", "null")} | {"type": word("invalid", lang)}


def options_of(field: Field, settings: Mapping[str, Any]) -> frozenset[str]:
    """The ids that a choice accepts: its fixed options, or the rows of its table in the effective
    settings.
    """
    if field.options is None:
        return frozenset()
    if field.options.setting is not None:
        return frozenset(settings.get(field.options.setting) or {})
    return frozenset(field.options.fixed)


def _is_required(field: Field, *, on_form: bool) -> bool:
    # A field that is shown only sometimes is asked for by the runtime, which knows the answers so far.
    return field.visible_when is None and (field.required == "always" or (field.required == "on_form" and on_form))


def field_schema(
    field: Field, *, settings: Mapping[str, Any], lang: str = "id", on_form: bool = True, keeps_empty: bool = False
) -> fields.Field[Any]:
    """The marshmallow field of a field; its metadata has the label and help for OpenAPI."""
    required = _is_required(field, on_form=on_form)
    shared: dict[str, Any] = {
        "required": required,
        "allow_none": not required,
        "error_messages": _messages(lang),
        "metadata": {
            "title": field.label.text(lang),
            **({"description": field.help.text(lang)} if field.help else {}),
        },
    }
    if field.type in ("group", "list"):
        members = {
            member.id: field_schema(member, settings=settings, lang=lang, on_form=on_form, keeps_empty=keeps_empty)
            for member in field.fields.values()
        }
        if field.type == "list":
            row = _schema(members, f"Row_{field.id}", lang=lang, keeps_empty=False)
            return Rows(row, field, lang, **shared)
        inner = _schema(members, f"Group_{field.id}", lang=lang, keeps_empty=keeps_empty)
        shared["error_messages"] = shared["error_messages"] | {"type": word("group", lang)}
        return fields.Nested(inner, **shared)
    options = options_of(field, settings) if field.options is not None else None
    return CheckedValue(field, lang, options=options, **shared)


def _schema(members: dict[str, fields.Field[Any]], name: str, *, lang: str, keeps_empty: bool) -> type[Schema]:
    made = PackageSchema.from_dict({**members}, name=name)
    words = {"unknown": word("unknown", lang), "type": word("invalid", lang)}
    # ``from_dict`` makes a class of its own, so these stay with this schema.
    made.error_messages = words
    made.keeps_empty = keeps_empty  # type: ignore[attr-defined]
    return made


def record_schema(
    record: RecordType,
    *,
    settings: Mapping[str, Any],
    lang: str = "id",
    only: Iterable[str] | None = None,
    on_form: bool = True,
    updating: bool = False,
) -> type[Schema]:
    """The schema of a record's own fields (of ``only``, when given): ``record_schema(...)().load(data)``.

    ``settings`` are the effective settings, for options. ``on_form`` False leaves ``required: on_form``
    open. With ``updating`` an absent field is left as it is (load with ``partial=True``) and an empty one
    is given as None. What it loads can be kept as JSON: dates and times are ISO texts, points ``[longitude,
    latitude]``, phones E.164. ``marshmallow.ValidationError`` has messages by field id in ``lang``.
    """
    names = record.fields if only is None else [name for name in only if name in record.fields]
    chosen = {name: record.fields[name] for name in names if record.fields[name].computed is None}
    make = partial(field_schema, settings=settings, lang=lang, on_form=on_form, keeps_empty=updating)
    members = {name: make(field) for name, field in chosen.items()}
    return _schema(members, f"Record_{record.id}", lang=lang, keeps_empty=updating)
