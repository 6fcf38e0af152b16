"""Answers with other objects in the place of their ids, and lists page by page."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from lumbung.local_stripe.errors import Refused, no_such
from lumbung.local_stripe.world import PREFIXES, Json, World, public

_DEEPEST = 4
_USUAL_LIMIT, _MOST_LIMIT = 10, 100

# Parts that Stripe leaves out unless they are asked for, by kind of object and name.
INCLUDED: dict[tuple[str, str], Callable[[World, Json], Json]] = {}

# Parts that an object has only when something happened to it.
_SOMETIMES = {("refund", "failure_balance_transaction")}
# What an object shows that depends on the moment, by its kind.
PRESENT: dict[str, Callable[[World, Json], Json]] = {}


def _shown(world: World, found: Json) -> Json:
    present = PRESENT.get(found.get("object", ""))
    return public(found) | (present(world, found) if present else {})


def page(world: World, found: Iterable[Json], params: Json, *, path: str) -> Json:
    """A list as Stripe answers it: newest first, `limit` objects from the cursor on. `found` is oldest first."""
    limit = params.get("limit", _USUAL_LIMIT)
    if limit > _MOST_LIMIT:
        raise Refused(
            f"This value must be less than or equal to {_MOST_LIMIT}.", code="parameter_invalid_integer", param="limit"
        )
    created = params.get("created", {})
    objects = [one for one in found if _within(one.get("created", 0), created)]
    objects.reverse()
    if "starting_after" in params:
        objects = objects[_place(objects, params["starting_after"], "starting_after") + 1 :]
        more = len(objects) > limit
        objects = objects[:limit]
    elif "ending_before" in params:
        objects = objects[: _place(objects, params["ending_before"], "ending_before")]
        more = len(objects) > limit
        objects = objects[-limit:]
    else:
        more = len(objects) > limit
        objects = objects[:limit]
    return {"object": "list", "url": path, "has_more": more, "data": objects}


def _within(moment: int, wanted: dict[str, int]) -> bool:
    return (
        moment > wanted.get("gt", -1)
        and moment >= wanted.get("gte", 0)
        and moment < wanted.get("lt", moment + 1)
        and moment <= wanted.get("lte", moment)
    )


def _place(objects: list[Json], ident: str, param: str) -> int:
    for number, one in enumerate(objects):
        if one["id"] == ident:
            return number
    raise no_such("object", ident, param=param)


def expanded(world: World, answer: Json, paths: list[str]) -> Json:
    """`answer` as Stripe shows it, with the parts that `paths` name in full.

    Raises `Refused` for a part that cannot be expanded, and beyond four levels.
    """
    shown = _shown(world, answer)
    for path in paths:
        names = path.split(".")
        if len(names) > _DEEPEST:
            raise Refused(f"You cannot expand more than {_DEEPEST} levels of a property", param="expand")
        _expand(world, shown, names, path)
    return shown


def _expand(world: World, shown: Any, names: list[str], path: str) -> None:
    if isinstance(shown, list):
        for one in shown:
            _expand(world, one, names, path)
        return
    if not isinstance(shown, dict):
        return
    name, rest = names[0], names[1:]
    about = (shown.get("object", ""), name)
    if name not in shown and about in _SOMETIMES:
        return
    if name not in shown and about in INCLUDED:
        shown[name] = public(INCLUDED[about](world, shown))
    if name not in shown:
        raise _not_expandable(path)
    shown[name] = _in_full(world, shown[name], path)
    if rest:
        _expand(world, shown[name], rest, path)


def _in_full(world: World, value: Any, path: str) -> Any:
    if value is None or isinstance(value, dict | list):
        return value
    kinds = (kind for kind, prefix in PREFIXES.items() if isinstance(value, str) and value.startswith(prefix))
    found = world.table(next(kinds, "")).get(value)
    if found is None:
        raise _not_expandable(path)
    return _shown(world, found)


def _not_expandable(path: str) -> Refused:
    return Refused(f"This property cannot be expanded ({path}).", param="expand")
