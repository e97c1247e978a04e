"""Commands for matters after referral: stages, days at court, costs, packages for counsel, and what came of it."""

from collector.cli.matters import costs, counsel, days, stages
from collector.cli.matters.shared import matters

__all__ = ["costs", "counsel", "days", "matters", "stages"]
