"""Which rule of an app failed, in the words of its package: a rule is named `agency` or `clocks.fix.within` inside."""

from __future__ import annotations

from collections.abc import Mapping

from app_catalog.definitions.model import RecordType
from lumbung.i18n import Text

_OF_RECORDS: Mapping[str, Text] = {
    "title": Text("judul", "the title"),
    "agency": Text("dinas penanggung jawab", "the agency in charge"),
    "published": Text("tampil untuk umum atau tidak", "whether everybody may see it"),
}
_OF_FIELDS: Mapping[str, Text] = {
    "visible_when": Text("kapan “{label}” ditanyakan", "when “{label}” is asked for"),
    "required_when": Text("kapan “{label}” wajib diisi", "when “{label}” is required"),
}
_OF_ACTIONS: Mapping[str, Text] = {
    "when": Text("syarat “{label}”", "the condition of “{label}”"),
    "within": Text("sampai kapan “{label}” dapat dilakukan", "until when “{label}” can be done"),
    "sets": Text("isian yang ditulis oleh “{label}”", "what “{label}” fills in"),
}
_AUTOMATIC = Text("langkah otomatis", "a step that happens by itself")
_AUTOMATIC_ACTION = Text("langkah otomatis “{label}”", "the automatic step “{label}”")
_CLOCK = Text("lamanya tenggat “{label}”", "how long the deadline “{label}” is")
_ACCESS = Text("siapa yang boleh mengubah atau membuat", "who may change or make it")
_OTHER = Text("aturan lain", "another rule")


def rule_words(kind: RecordType, rule: str) -> Text:
    """What the rule of a record type settles; something general for one that its version does not have."""
    if rule in _OF_RECORDS:
        return _OF_RECORDS[rule]
    first, _, rest = rule.partition(".")
    named, _, _ = rest.partition(".")
    if first == "clocks" and named in kind.clocks:
        return _labelled(_CLOCK, kind.clocks[named].label)
    if first == "automations":
        return _AUTOMATIC
    if first == "access":
        return _ACCESS
    actions = kind.workflow.actions if kind.workflow else {}
    if first == "act":
        return _labelled(_AUTOMATIC_ACTION, actions[named].label) if named in actions else _AUTOMATIC
    if first in actions and named in _OF_ACTIONS:
        return _labelled(_OF_ACTIONS[named], actions[first].label)
    if first in kind.fields and named in _OF_FIELDS:
        return _labelled(_OF_FIELDS[named], kind.fields[first].label)
    return _OTHER


def _labelled(words: Text, label: Mapping[str, str]) -> Text:
    return words.format(label=Text.of(label))
