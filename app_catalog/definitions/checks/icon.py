"""Checks that an icon is a drawing and nothing else: no script, no outside references, no entities."""

import re
from dataclasses import dataclass
from xml.parsers import expat

MAX_ICON = 64 * 1024
MAX_ELEMENTS = 500
# Sides of a drawing in pixels.
_SIDE = re.compile(r"[0-9]{1,4}(\.[0-9]{1,3})?(px)?\Z")
ELEMENTS = frozenset(
    """
    svg g path circle ellipse rect line polyline polygon defs linearGradient radialGradient stop
    clipPath title desc
    """.split()  # noqa: SIM905 - a list of words is easier to read than one of literals.
)
ATTRIBUTES = frozenset(
    """
    xmlns viewBox width height id d cx cy r rx ry x y x1 y1 x2 y2 fx fy points fill stroke opacity
    transform offset fill-opacity fill-rule clip-rule clip-path stroke-width stroke-linecap stroke-
    linejoin stroke-miterlimit stroke-dasharray stroke-opacity stop-color stop-opacity gradientUnits
    gradientTransform role aria-hidden aria-label preserveAspectRatio version
    """.split()  # noqa: SIM905 - a list of words is easier to read than one of literals.
)


@dataclass(frozen=True, slots=True)
class IconFault:
    """Why an icon is refused, and at which line."""

    line: int
    detail: str


class _RefusedError(Exception):
    pass


class _Drawing:
    """What the parser meets, held to the lists."""

    def __init__(self) -> None:
        self.count = 0

    def declaration(self, _: str, encoding: str | None, __: int) -> None:
        # A browser would read other letters than were checked here.
        if encoding is not None and encoding.lower() != "utf-8":
            raise _RefusedError(f'encoding="{encoding[:60]}"')

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.count += 1
        if self.count > MAX_ELEMENTS:
            raise _RefusedError(f"> {MAX_ELEMENTS} <…>")
        if (self.count == 1) != (name == "svg") or name not in ELEMENTS:
            raise _RefusedError(f"<{name}>")
        for key, value in attributes.items():
            _check_attribute(key, value)
            if name == "svg" and key in ("width", "height") and not _SIDE.match(value):
                raise _RefusedError(f'{key}="{value[:60]}"')

    def doctype(self, *_: object) -> None:
        raise _RefusedError("<!DOCTYPE>")

    def instruction(self, target: str, _: str) -> None:
        raise _RefusedError(f"<?{target}>")


def icon_fault(data: bytes) -> IconFault | None:
    """What is wrong with the drawing, None when it is safe to serve.

    Elements and attributes come from a short list; ``url(…)`` may only point into the drawing itself
    (``url(#…)``). It is UTF-8, and says nothing else of itself.
    """
    if len(data) > MAX_ICON:
        return IconFault(1, f"> {MAX_ICON // 1024} KB")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return IconFault(1, "≠ UTF-8")
    parser, drawing = expat.ParserCreate("utf-8"), _Drawing()
    parser.XmlDeclHandler = drawing.declaration
    parser.StartElementHandler = drawing.start
    parser.StartDoctypeDeclHandler = drawing.doctype
    parser.ProcessingInstructionHandler = drawing.instruction
    try:
        parser.Parse(data, True)
    except _RefusedError as error:
        return IconFault(parser.CurrentLineNumber, str(error))
    except expat.ExpatError as error:
        return IconFault(error.lineno, expat.errors.messages[error.code])
    return None


def _check_attribute(key: str, value: str) -> None:
    if key not in ATTRIBUTES:
        raise _RefusedError(f"{key}=…")
    inside = value.replace(" ", "").lower()
    if key != "xmlns" and ("url(" in inside.replace("url(#", "") or ":" in inside):
        raise _RefusedError(f'{key}="{value[:60]}"')
    if key == "xmlns" and value != "http://www.w3.org/2000/svg":
        raise _RefusedError(f'xmlns="{value[:60]}"')
