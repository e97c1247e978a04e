"""A worker process that sends until nothing is due, in small batches, and may be killed at any moment.

Usage: sending_child.py DATABASE_URL MOMENT; the settings come from the environment.
"""

import asyncio
import sys
from datetime import datetime

import collector.app  # noqa: F401 - makes every table known
from collector.casework.actions import send_all
from collector.casework.office import Office
from collector.foundation.database import Database
from collector.foundation.keys import Keys
from collector.foundation.settings import Settings

url, at = sys.argv[1], datetime.fromisoformat(sys.argv[2])
office = Office(Settings(), Database(url), Keys(b"a master secret for tests, 32 bytes!"))
sys.stdout.write("ready\n")
sys.stdout.flush()
while asyncio.run(send_all(office, lambda: at, limit=5)).handed_over:
    pass
