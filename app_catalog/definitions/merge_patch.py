"""JSON Merge Patch (RFC 7396) on canonical forms."""

from collections.abc import Mapping
from typing import Any


def apply_merge_patch(target: Any, patch: Any) -> Any:
    """``target`` with ``patch`` applied: null removes, maps merge, all else replaces. Neither argument is
    changed.
    """
    if not isinstance(patch, Mapping):
        return patch
    merged = dict(target) if isinstance(target, Mapping) else {}
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = apply_merge_patch(merged.get(key), value)
    return merged


def make_merge_patch(before: Any, after: Any) -> Any:
    """The smallest patch that turns ``before`` into ``after``; an empty map when they are equal maps."""
    if not isinstance(before, Mapping) or not isinstance(after, Mapping):
        return after
    patch: dict[str, Any] = {key: None for key in before if key not in after}
    for key, value in after.items():
        if key not in before:
            patch[key] = value
        elif before[key] != value:
            patch[key] = make_merge_patch(before[key], value)
    return patch
