"""Pure rules of dispatch: how a submission moves, and how an inbound message reads."""

from collector.dispatch.rules.progress import ORDER, Progress, forward
from collector.dispatch.rules.reading import ACTS_ALONE, Read, Reading, read_inbound

__all__ = ["ACTS_ALONE", "ORDER", "Progress", "Read", "Reading", "forward", "read_inbound"]
