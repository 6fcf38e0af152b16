"""YAML that means harm: references that multiply, depth, length, odd bytes, numbers without end, hidden signs."""

from __future__ import annotations

from collections.abc import Iterator

from tests.app_catalog.hostile.cases import Case, honest_files, replaced, with_files

LAUGHS = "a: &a [x,x,x,x]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [*{chr(97 + i)},*{chr(97 + i)},*{chr(97 + i)}]\n" for i in range(20)
)
STRUCTURES = {
    "billion laughs": (LAUGHS, "yaml-anchor"),
    "anchor on a map": ("a: &x {b: 1}", "yaml-anchor"),
    "anchor on a key": ("&x a: 1", "yaml-anchor"),
    "anchor that holds itself": ("a: &x [*x]", "yaml-anchor"),
    "alias": ("a: *x", "yaml-alias"),
    "alias as key": ("*x : 1", "yaml-alias"),
    "python object": ("a: !!python/object/apply:os.system ['true']", "yaml-tag"),
    "python name": ("a: !!python/name:os.system", "yaml-tag"),
    "binary tag": ("a: !!binary AAAA", "yaml-tag"),
    "set tag": ("a: !!set {x, y}", "yaml-tag"),
    "own tag": ("a: !include /etc/passwd", "yaml-tag"),
    "verbatim tag": ("a: !<tag:yaml.org,2002:str> x", "yaml-tag"),
    "bare tag": ("a: ! x", "yaml-tag"),
    "merge key": ("b: {<<: {x: 1}}", "yaml-merge-key"),
    "merge key of a list": ("b:\n  <<: [{x: 1}, {y: 2}]", "yaml-merge-key"),
    "duplicate key": ("a: 1\nb: 2\na: 3", "yaml-duplicate-key"),
    "duplicate key by escapes": ('a: 1\n"\\x61": 3', "yaml-duplicate-key"),
    "map as key": ("? {a: 1}\n: 2", "yaml-key-not-text"),
    "list as key": ("? [a]\n: 2", "yaml-key-not-text"),
    "open lists": ("a: " + "[" * 100_000, "yaml-depth"),
    "open maps": ("{a: " * 30_000, "yaml-depth"),
    "deep block lists": ("- " * 30_000, "yaml-depth"),
    "deep block maps": ("".join(f"{' ' * i}a:\n" for i in range(400)), "yaml-depth"),
    "complex keys in each other": ("? " * 30_000, "yaml-key-not-text"),
    "two documents": ("a: 1\n---\nb: 2", "yaml-several-documents"),
    "a document that ends twice": ("a: 1\n...\n...\n---\nb: 1", "yaml-several-documents"),
    "version directive": ("%YAML 1.1\n---\na: yes", "yaml-directive"),
    "tag directive": ("%TAG ! tag:x,2000:\n---\na: 1", "yaml-directive"),
    "tab as indentation": ("a:\n\tb: 1", "yaml-syntax"),
    "open quote": ("a: 'x", "yaml-syntax"),
    "wrong escape": ('a: "\\q"', "yaml-syntax"),
    "only a comment": ("# nothing", "file-empty"),
    "nothing": ("", "file-empty"),
    "a list instead of a map": ("- a\n- b", "wrong-kind"),
    "a number instead of a map": ("1", "wrong-kind"),
    "null": ("~", "wrong-kind"),
    "hostile keys": ("__proto__: {a: 1}\nconstructor: {b: 2}\n__class__: {c: 3}", "refused"),
}
PLACES = ("app.yaml", "records/note.yaml", "messages/told.yaml")
LARGE = {
    "too large": ("#" * (256 * 1024 + 1), "file-too-large"),
    "one long comment": ("#" * 262_000, "file-empty"),
    "many comments": ("# x\n" * 30_000, "file-empty"),
    "only line breaks": ("\n" * 100_000, "file-empty"),
    "one long key": ("k" * 260_000 + ": 1", "yaml-syntax"),
    "a quoted key without end": ('"' + "k" * 250_000 + '": 1', "refused"),
    "a text over many lines": ("a: " + "x\n  " * 30_000, "refused"),
    "a folded text": ("a: >\n" + "  x\n" * 30_000, "refused"),
    "escapes": ('a: "' + "\\x41" * 60_000 + '"', "refused"),
    "quotes": ("a: '" + "''" * 120_000 + "'", "refused"),
    "a long tag": ("a: !<" + "x" * 120_000 + "> b", "yaml-tag"),
    "a long anchor": ("a: &" + "x" * 250_000 + " b", "yaml-anchor"),
    "many elements": ("".join(f"k{i}: [1,2,3,4]\n" for i in range(5000)), "yaml-too-long"),
    "many unknown keys": ("".join(f"categori{i}: 1\n" for i in range(4_900)), "unknown-key"),
    "many duplicate keys": ("a: 1\n" * 4_900, "yaml-duplicate-key"),
    "commas": ("a: [" + "," * 200_000, "yaml-syntax"),
    "colons": ("a: b" + ":c" * 120_000, "refused"),
    "line separators": ("a: '" + "\N{NEXT LINE}" * 80_000 + "'", "refused"),
}
ENCODINGS = {
    "utf-16 with its mark": ("utf-16", "file-not-utf8"),
    "utf-16 little end first": ("utf-16-le", "hidden-character"),
    "utf-16 big end first": ("utf-16-be", "hidden-character"),
    "utf-32": ("utf-32", "file-not-utf8"),
    "ebcdic": ("cp500", "file-not-utf8"),
}
BYTES = {
    "a zero byte": (b"a: \x00b\n", "hidden-character"),
    "latin-1": ("a: é".encode("latin-1"), "file-not-utf8"),
    "overlong slash": (b"a: \xc0\xaf", "file-not-utf8"),
    "half a surrogate pair": (b"a: \xed\xa0\x80", "file-not-utf8"),
    "beyond unicode": (b"a: \xf4\x90\x80\x80", "file-not-utf8"),
    "two marks of the byte order": (b"\xef\xbb\xbf\xef\xbb\xbfa: 1", "hidden-character"),
    "random bytes": (bytes(range(256)) * 40, "file-not-utf8"),
}
HIDDEN = {
    "override": "\u202e",
    "embedding": "\u202b",
    "isolate": "\u2067",
    "end of isolate": "\u2069",
    "left-to-right mark": "\u200e",
    "right-to-left mark": "\u200f",
    "arabic mark": "\u061c",
    "space without width": "\u200b",
    "filler": "\u3164",
    "tag letter": "\U000e0041",
    "mark of the byte order": "\ufeff",
    "escape": "\x1b",
    "backspace": "\x08",
    "delete": "\x7f",
    "line separator": "\u2028",
}
ESCAPES = ("\\0", "\\x00", "\\u0000", "\\uD800", "\\uDFFF", "\\u202E", "\\e", "\\U000E0041", "\\uFFFE", "\\a")
NUMBERS = {
    "exponent": "1e999999999",
    "negative exponent": "1e-999999999",
    "hexadecimal": "0x" + "f" * 20_000,
    "octal": "0o" + "7" * 20_000,
    "decimal": "9" * 100_000,
    "fraction": "0." + "1" * 20_000,
    "not a number": ".nan",
    "infinity": "-.inf",
    "sexagesimal": ":".join(["59"] * 1_000),
    "underscores": "1_000_000",
    "beyond 64 bits": "9223372036854775808",
    "signs": "+-1",
    "other digits": "١٢٣",
    "superscript": "²",
}
NUMBER_PLACES = {
    "bound of a text": ("records/note.yaml", "max: 200", "max: {}"),
    "format": ("app.yaml", "format: 1", "format: {}"),
    "version": ("app.yaml", "version: 1.0.0", "version: {}"),
    "default": ("records/note.yaml", "{type: integer}", "{{type: integer, default: {}}}"),
}
DURATIONS = ("P" + "9" * 1_000 + "Y", "P999999999999Y", "PT1e9H", "P-1D", "P" + "1D" * 1_000, "P9999999WD", "PT٣H")
_RETENTION = "personal_data: {{purpose: {{id: Uji, en: Test}}, basis: consent, retention: {}}}\n"


def yaml_cases() -> Iterator[Case]:
    """Every hostile YAML file, each in a package that is otherwise honest."""
    for place in PLACES:
        for name, (text, code) in STRUCTURES.items():
            yield with_files(f"{place}: {name}", {place: text}, code)
    for name, (text, code) in LARGE.items():
        yield with_files(f"large: {name}", {"app.yaml": text}, code)
    files = honest_files()
    for name, (encoding, code) in ENCODINGS.items():
        yield with_files(f"encoding: {name}", {"app.yaml": files["app.yaml"].decode().encode(encoding)}, code)
    for name, (data, code) in BYTES.items():
        yield with_files(f"bytes: {name}", {"pages/notes.yaml": data}, code)
        yield with_files(f"changelog of bytes: {name}", {"CHANGELOG.md": data}, code)
    yield with_files("a mark of the byte order is none of the text", {"app.yaml": b"\xef\xbb\xbf" + files["app.yaml"]},
                     "accepted")  # fmt: skip


def scalar_cases() -> Iterator[Case]:
    """Hostile single values."""
    for name, sign in HIDDEN.items():
        for place, old in (("app.yaml", "Contoh"), ("records/note.yaml", "Catatan"), ("README.md", "Contoh")):
            yield replaced(f"{place} hides {name}", place, old, f"Con{sign}toh", "hidden-character")
        yield replaced(f"a comment hides {name}", "app.yaml", "format: 1", f"format: 1 # a{sign}b", "hidden-character")
    for escape in ESCAPES:
        yield replaced(f"escape {escape}", "app.yaml", "id: Contoh", f'id: "Con{escape}toh"', "hidden-character")
        yield replaced(f"key with {escape}", "examples/note.yaml", "subject", f'"sub{escape}ject"', "hidden-character")
    for number, text in NUMBERS.items():
        for where, (file, old, new) in NUMBER_PLACES.items():
            yield replaced(f"{where}: {number}", file, old, new.format(text))
    for text in DURATIONS:
        with_duration = honest_files()["app.yaml"].decode() + _RETENTION.format(text)
        yield with_files(f"retention {text[:20]}", {"app.yaml": with_duration})
