"""Checks of single contents: expressions, Liquid texts, the icon, pictures."""

from app_catalog.definitions.checks.icon import icon_fault
from app_catalog.definitions.expressions.compiling import Compiled, Compiler, Fault
from app_catalog.definitions.expressions.names import EVENT, Names
from app_catalog.definitions.liquid_texts import LiquidFault, check_liquid
from app_catalog.definitions.model import Text
from app_catalog.definitions.nodes import ScalarNode
from app_catalog.definitions.package import PackageReading
from app_catalog.definitions.shape.reading import ExpressionUse

MAX_EXPRESSIONS = 100_000
"""The most characters of all expressions of a package together: each is compiled when the package is checked."""
MAX_LIQUID = 200_000
"""The most characters of all texts of messages together."""

_ANSWERS_ELSEWHERE = Text(
    {
        "id": "Jawaban (asks) hanya dikenal dalam sets dan with tindakannya. Syarat when dicoba sebelum ada yang "
        "ditanyakan; untuk melanjutkan menurut jawaban pakai otomatisasi pada tindakan itu, dengan record.<isian>.",
        "en": "Answers (asks) are known in sets and with of their action alone. A when is tried before anything is "
        "asked; to go on by an answer use an automation on the action, with record.<field>.",
    }
)

_PICTURE_STARTS = {
    "png": (b"\x89PNG\r\n\x1a\n",),
    "jpg": (b"\xff\xd8\xff",),
    "jpeg": (b"\xff\xd8\xff",),
    "webp": (b"RIFF",),
}


def check_expressions(package: PackageReading) -> None:
    """Note what is wrong with any expression, at its own line and column."""
    names = Names.of_canonical(package.canonical)
    compilers: dict[tuple[str | None, str | None], Compiler] = {}
    total = sum(len(use.source) for use in package.reading.expressions)
    if total > MAX_EXPRESSIONS:
        package.reading.problems.add("too-many-expressions", "app.yaml", found=total, max=MAX_EXPRESSIONS)
        return
    for use in package.reading.expressions:
        if use.scope is not None and use.scope not in names.records:
            continue
        place = (use.scope, _action_of(use))
        if place not in compilers:
            compilers[place] = Compiler(names, *place)
        compiled = compilers[place].compile(use.source, use.kind)
        if not isinstance(compiled, Compiled):
            for fault in compiled:
                _note_fault(package, use, fault)


def _action_of(use: ExpressionUse) -> str | None:
    """The action whose answers an expression knows: one that sets fields, or fills in children."""
    match use.path:
        case ("workflow", "actions", action, "sets", _) | ("workflow", "actions", action, "fan_out", "with", _):
            return action
        case ("consumes", _, "with", _):
            return EVENT
    return None


def _note_fault(package: PackageReading, use: ExpressionUse, fault: Fault) -> None:
    line, column = _place(use.node, fault)
    elsewhere = fault.detail.partition(".")[0] == "asks" and _action_of(use) is None
    package.reading.problems.add(
        fault.code,
        use.node,
        use.path,
        line=line,
        column=column,
        detail=fault.detail,
        suggestion=_ANSWERS_ELSEWHERE if elsewhere else fault.suggestion,
        kind=use.kind,
    )


def _place(node: ScalarNode, fault: Fault) -> tuple[int, int]:
    if fault.line > 1:
        return node.line + fault.line - 1, fault.column
    return node.line, node.column + int(node.literal) + fault.column - 1


def check_texts(package: PackageReading) -> None:
    """Note Liquid texts that do not parse, use what is not allowed, or name what a message does not know."""
    total = sum(len(use.source) for use in package.reading.liquids)
    if total > MAX_LIQUID:
        package.reading.problems.add("too-much-liquid", "messages/", found=total, max=MAX_LIQUID)
        return
    for use in package.reading.liquids:
        fault: LiquidFault | None = check_liquid(use.source, package.canonical)
        if fault is not None:
            package.reading.add(fault.code, use.node, use.path, detail=fault.detail, suggestion=fault.suggestion)
    for name, message in package.canonical["messages"].items():
        if not message:
            package.reading.problems.add("message-without-channel", f"messages/{name}.yaml")


def check_icon(package: PackageReading) -> None:
    """Note an icon that is not a safe drawing."""
    data = package.source.files.get("icon.svg")
    fault = icon_fault(data) if data is not None else None
    if fault is not None:
        package.reading.problems.add("unsafe-icon", "icon.svg", line=fault.line, column=1, detail=fault.detail)


def check_pictures(package: PackageReading) -> None:
    """Note screenshots that are not the kind of picture that their name says."""
    for path, data in package.source.files.items():
        ending = path.rpartition(".")[2]
        if path.startswith("screenshots/") and not data.startswith(_PICTURE_STARTS.get(ending, (b"",))):
            package.reading.problems.add("not-a-picture", path, found=ending)
