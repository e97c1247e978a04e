"""One of several processes that want the last permitted contact at the same moment.

Usage: racing_child.py DATABASE_URL MOMENT call USER | sms. Says "ready", waits for a line, acts, and says whom it got:
the person of the call it holds, or the numbers its carrier was given.
"""

import asyncio
import json
import sys
from datetime import datetime

import collector.app  # noqa: F401 - makes every table known
from collector.casework.actions import next_call, send_all
from collector.casework.office import Office
from collector.casework.queries import agent
from collector.dispatch.memory import MemoryCarrier
from collector.foundation.database import Database
from collector.foundation.keys import Keys
from collector.foundation.settings import Settings

url, at = sys.argv[1], datetime.fromisoformat(sys.argv[2])
office = Office(Settings(), Database(url), Keys(b"a master secret for tests, 32 bytes!"))
office.catalogue  # noqa: B018 - read before the race begins


def got() -> list[object]:
    if sys.argv[3] == "call":
        with office.database.begin() as session:
            claimed = next_call(session, office, agent(session, sys.argv[4]), at)
        return [claimed.task.person_id] if claimed else []
    line = MemoryCarrier()
    asyncio.run(send_all(office, lambda: at, carrier=line))
    return [message.to for message, _ in line.sent]


print("ready", flush=True)
sys.stdin.readline()
print(json.dumps(got()), flush=True)
