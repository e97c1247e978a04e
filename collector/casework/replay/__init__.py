"""Judging past contacts again: under the gate of their time, on what was known at their time."""

from collector.casework.replay.judging import Standing
from collector.casework.replay.run import Breach, Replayed, replay

__all__ = ["Breach", "Replayed", "Standing", "replay"]
