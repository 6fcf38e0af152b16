"""What expressions may call beside CEL's own functions."""

from collections.abc import Sequence

from cel_expr_python import cel

from app_catalog.definitions.places import metres_between

_POINT = cel.Type.List(cel.Type.DOUBLE)


def _distance(one: Sequence[float], other: Sequence[float]) -> float:
    """Metres between two points. Raises ValueError when one of them is absent or no point on earth."""
    for point in (one, other):
        if len(point) != 2 or not (-180 <= point[0] <= 180 and -90 <= point[1] <= 90):
            raise ValueError("a point is absent or not on earth")
    return metres_between(one, other)


FUNCTIONS = (
    cel.FunctionDecl(
        "distance", [cel.Overload("distance_of_points", cel.Type.DOUBLE, [_POINT, _POINT], False, _distance)]
    ),
)
"""``distance(record.place, settings.office)``: metres between two points, a decimal."""
