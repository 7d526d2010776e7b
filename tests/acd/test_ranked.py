"""Places counted without counting: the sorted buckets against a plain sorted list."""

from bisect import bisect_left

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acd import ranked
from acd.ranked import Ranked

pytestmark = pytest.mark.unit


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 400)), max_size=300))
def test_buckets_agree_with_a_sorted_list(steps):
    size, ranked.BUCKET = ranked.BUCKET, 8
    try:
        buckets: Ranked[tuple[int]] = Ranked()
        plain: list[tuple[int]] = []
        for add, number in steps:
            key = (number,)
            if add and key not in plain:
                buckets.add(key)
                plain.insert(bisect_left(plain, key), key)
            elif not add and key in plain:
                buckets.remove(key)
                plain.remove(key)
            assert len(buckets) == len(plain)
            assert buckets.before(key) == bisect_left(plain, key)
    finally:
        ranked.BUCKET = size


def test_removing_what_is_not_there_is_a_key_error():
    buckets: Ranked[tuple[int]] = Ranked()
    with pytest.raises(KeyError):
        buckets.remove((1,))
    buckets.add((1,))
    with pytest.raises(KeyError):
        buckets.remove((2,))
