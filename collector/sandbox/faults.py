"""The carrier's bad days, asked for through `/sandbox/faults`.

| fault               | accepted | what the client sees                                                   |
|---------------------|----------|------------------------------------------------------------------------|
| `error`             | no *     | `status` (503) with a JSON error                                       |
| `too_many`          | no       | 429, code 20429, `Retry-After` if `retry_after` is given               |
| `slow`              | yes      | the answer, `seconds` late; the request is only read then              |
| `hold`              | yes      | the request is carried out, the answer comes after `seconds` or on release |
| `drop`              | yes *    | the connection closes without an answer                                |
| `cut`               | yes      | the body ends in the middle                                            |
| `garbled`           | yes      | the right status, but the body is no JSON                              |
| `shapeless`         | yes      | the right status, but the body is another JSON than was published      |
| `callbacks_doubled` | –        | every status callback comes twice                                      |
| `callbacks_held`    | –        | status callbacks wait until the faults are cleared (`?order=reversed`) |
| `callbacks_lost`    | –        | status callbacks never come                                            |
| `callbacks_forged`  | –        | status callbacks carry a wrong signature                               |
| `callbacks_unknown` | –        | before each status callback comes one about an unknown sid             |

`accepted` turns the starred ones over. A fault meets `times` requests (null: until cleared) after letting
`skip` pass. `on` is `messages`, `calls` or `any`; `method` is `POST`, `GET` or `any`. Seconds are real ones
here: a client's time limit does not know of virtual time.
"""

from __future__ import annotations

import asyncio
from typing import Literal

import msgspec

RestKind = Literal["error", "too_many", "slow", "hold", "drop", "cut", "garbled", "shapeless"]
CallbackKind = Literal["callbacks_doubled", "callbacks_held", "callbacks_lost", "callbacks_forged", "callbacks_unknown"]


class Fault(msgspec.Struct, forbid_unknown_fields=True):
    kind: RestKind | CallbackKind
    times: int | None = 1
    skip: int = 0
    on: Literal["messages", "calls", "any"] = "any"
    method: Literal["POST", "GET", "any"] = "POST"
    accepted: bool | None = None
    status: int = 503
    retry_after: int | None = None
    seconds: float | None = None

    @property
    def about_callbacks(self) -> bool:
        return self.kind.startswith("callbacks_")

    def carries_out(self) -> bool:
        """Whether the request takes effect although its answer goes wrong."""
        return self.accepted if self.accepted is not None else self.kind != "error"

    def _spend(self) -> bool:
        if self.skip > 0:
            self.skip -= 1
            return False
        if self.times is not None:
            self.times -= 1
        return True


class Faults:
    """The faults in force, first come first served."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._released = asyncio.Event()

    def add(self, fault: Fault) -> None:
        self._faults.append(fault)

    def active(self) -> list[Fault]:
        return list(self._faults)

    def clear(self) -> None:
        """Ends every fault and releases what was held."""
        self._faults.clear()
        self._released.set()
        self._released = asyncio.Event()

    def for_request(self, method: str, path: str) -> Fault | None:
        """The fault that this REST request meets, spent by asking."""
        if not self._faults:
            return None
        resource = "messages" if "/Messages" in path else "calls"
        for fault in self._faults:
            fits = fault.on in ("any", resource) and fault.method in ("any", method)
            if not fault.about_callbacks and fits:
                return self._spent(fault)
        return None

    def for_callback(self, resource: Literal["messages", "calls"]) -> Fault | None:
        """The fault that this status callback meets, spent by asking."""
        for fault in self._faults:
            if fault.about_callbacks and fault.on in ("any", resource):
                return self._spent(fault)
        return None

    async def hold(self, seconds: float | None) -> None:
        """Waits that many real seconds, or until the faults are cleared."""
        try:
            await asyncio.wait_for(self._released.wait(), seconds)
        except TimeoutError:
            return

    def _spent(self, fault: Fault) -> Fault | None:
        met = fault._spend()
        if fault.times is not None and fault.times <= 0:
            self._faults.remove(fault)
        return fault if met else None
