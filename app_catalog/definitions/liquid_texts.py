"""Message texts in Liquid: checked when a package is, rendered under limits, never with includes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from liquid import BoundTemplate, DictLoader, Environment, Mode
from liquid.exceptions import LiquidError

from app_catalog.definitions.liquid_filters import bounded
from app_catalog.definitions.model import BUILTIN_ATTRIBUTES, Channel, Message, Text
from app_catalog.definitions.problems import suggest

# The names that a message may use beside ``record.<field or attribute>`` and ``settings.<setting>``. ``action`` is what
# sent the message; beside its label it has the answer to each of its asks by the ask's id.
CONTEXT: Mapping[str, tuple[str, ...]] = {
    "municipality": ("name", "url"),
    "app": ("name",),
    "agency": ("name",),
    "recipient": ("name",),
    "action": ("label",),
    "clock": ("label", "due"),
    "state": ("label",),
    "category": ("label",),
    "link": (),
    "tracking_code": (),
}
TAGS = ("if", "unless", "case", "comment", "raw", "assign", "for", "break", "continue")
# What the parser itself registers for output between tags.
_INTERNAL_TAGS = ("content", "output", "illegal", "#", "inline comment", "expression", "literal", "statement")


class _MessageEnvironment(Environment):
    """Liquid with every limit set; the library's own default for three of them is none."""

    block_nesting_limit = 10
    context_depth_limit = 10
    loop_iteration_limit = 200
    local_namespace_limit = 64 * 1024
    output_stream_limit = 64 * 1024


@dataclass(frozen=True, slots=True)
class LiquidFault:
    """What is wrong with a text."""

    code: str
    detail: str
    suggestion: Text = Text({"id": "", "en": ""})  # noqa: RUF009 - immutable


@dataclass(frozen=True, slots=True)
class RenderedMessage:
    """A message ready to send; ``subject`` is empty on channels without one and never holds a line break."""

    subject: str
    body: str


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = _MessageEnvironment(tolerance=Mode.STRICT, loader=DictLoader({}), strict_filters=True)
    for name in list(environment.tags):
        if name not in TAGS and name not in _INTERNAL_TAGS:
            del environment.tags[name]
    environment.filters = {name: bounded(name, apply) for name, apply in environment.filters.items()}
    return environment


@lru_cache(maxsize=1024)
def _template(source: str) -> BoundTemplate:
    return _environment().from_string(source)


def check_liquid(source: str, canonical: Mapping[str, Any]) -> LiquidFault | None:
    """What is wrong with a message's text within its package; None when nothing is."""
    try:
        template = _environment().from_string(source)
        analysis = template.analyze()
    except LiquidError as error:
        return LiquidFault("bad-liquid", str(error).splitlines()[0])
    for name in analysis.filters:
        if name not in _environment().filters:
            return LiquidFault("bad-liquid", f"| {name}", suggest(name, _environment().filters))
    for variables in analysis.globals.values():
        for variable in variables:
            fault = _unknown([str(part) for part in variable.segments], canonical)
            if fault is not None:
                return fault
    return None


def _unknown(path: list[str], canonical: Mapping[str, Any]) -> LiquidFault | None:
    members: Iterable[str]
    root, *rest = path
    roots = {**CONTEXT, "record": (), "settings": ()}
    if root not in roots:
        return LiquidFault("liquid-unknown-name", root, suggest(root, roots))
    if root == "record":
        members = [name for record in canonical["records"].values() for name in record.get("fields", {})]
        members = [*members, *BUILTIN_ATTRIBUTES, "title"]
    elif root == "settings":
        settings = canonical["app"].get("settings", {})
        members = [name for name, spec in settings.items() if not spec.get("secret")]
    elif root == "action":
        members = [*CONTEXT[root], *_asks(canonical)]
    else:
        members = CONTEXT[root]
    if rest and rest[0] not in set(members):
        return LiquidFault("liquid-unknown-name", ".".join(path), suggest(rest[0], set(members)))
    return None


def _asks(canonical: Mapping[str, Any]) -> list[str]:
    workflows = [record.get("workflow", {}) for record in canonical["records"].values()]
    actions = [action for workflow in workflows for action in workflow.get("actions", {}).values()]
    return [ask for action in actions for ask in action.get("asks", {})]


def render_message(message: Message, channel: Channel, lang: str, context: Mapping[str, Any]) -> RenderedMessage:
    """The subject and body of ``message`` for ``channel`` in ``lang`` (falling back to Indonesian, then
    English).

    ``context`` may have ``record settings municipality app agency recipient action clock state category link
    tracking_code``; a name left out renders as nothing. ``KeyError`` when the message has no text for the
    channel; ``liquid.exceptions.LiquidError`` when a limit is hit.
    """
    texts = message.channels[channel]
    subject = _template(texts.subject.text(lang)).render(**context) if texts.subject else ""
    return RenderedMessage(" ".join(subject.split()), _template(texts.body.text(lang)).render(**context).strip() + "\n")
