"""The collector of cyclic garbage, kept out of loops over a whole book."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_collecting() -> Iterator[None]:
    """For loops that make very many objects, none of them in a ring: Python would look through all that is alive
    again and again, and find nothing. What is in a ring stays until the block ends, so keep the blocks short: one chunk
    of rows, not a whole file. Inside another such block it does nothing."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
