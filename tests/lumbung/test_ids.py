from itertools import pairwise
from uuid import RFC_4122, UUID

from lumbung.ids import new_id


def test_an_id_is_a_standard_uuid_of_version_7() -> None:
    made = new_id()
    assert type(made) is UUID
    assert made.version == 7
    assert made.variant == RFC_4122


def test_ids_sort_in_the_order_in_which_they_were_made() -> None:
    made = [new_id() for _ in range(5_000)]
    assert all(earlier < later for earlier, later in pairwise(made))
