"""Wiring: the parts of an installation put together, and the demo floor made of them."""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import collector.audit.tables
import collector.compliance.tables
import collector.dispatch.tables
import collector.facts.tables
import collector.history.tables
import collector.identity.tables
import collector.legal.casefile.tables
import collector.legal.matters.tables
import collector.legal.retention.tables
import collector.legal.tables
import collector.planning.tables
import collector.portfolio.tables
import collector.reports.tables
import collector.strategy.tables  # noqa: F401 - every table must be known before the schema is compared
from collector.foundation.errors import CollectorError, NotReady
from collector.foundation.files import replace_file


@dataclass(frozen=True, slots=True)
class DemoSecrets:
    """What the demo makes up once and keeps, readable by its owner only: nothing in it opens anything else."""

    account_sid: str
    api_key: str
    api_secret: str
    auth_token: str
    logins: Mapping[str, str]

    @classmethod
    def kept_in(cls, home: Path, people: Mapping[str, str]) -> DemoSecrets:
        """Those of this home, made now if there are none."""
        file = home / "demo.json"
        if file.exists():
            return cls(**json.loads(file.read_text()))
        made = cls(
            "AC" + secrets.token_hex(16),
            "SK" + secrets.token_hex(16),
            secrets.token_urlsafe(24),
            secrets.token_hex(16),
            {name: "-".join(secrets.token_hex(2) for _ in range(4)) for name in people},
        )
        home.mkdir(parents=True, exist_ok=True)
        body = json.dumps(
            {
                "account_sid": made.account_sid,
                "api_key": made.api_key,
                "api_secret": made.api_secret,
                "auth_token": made.auth_token,
                "logins": dict(made.logins),
            },
            indent=2,
        )
        replace_file(file, lambda stream: _write(stream, body))
        file.chmod(0o600)
        return made


def _write(stream: object, body: str) -> None:
    stream.write(body.encode())  # type: ignore[attr-defined]


def demo_environment(home: Path, port: int, secret: DemoSecrets) -> dict[str, str]:
    """Settings of the demo: its own home, and the carrier sandbox on the next port."""
    return {
        "COLLECTOR_DEMO": "true",
        "COLLECTOR_HOME": str(home),
        "COLLECTOR_DATABASE_URL": "",
        "COLLECTOR_CARRIER": "twilio",
        "COLLECTOR_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "COLLECTOR_TWILIO_BASE_URL": f"http://127.0.0.1:{port + 1}",
        "COLLECTOR_TWILIO_ACCOUNT_SID": secret.account_sid,
        "COLLECTOR_TWILIO_API_KEY": secret.api_key,
        "COLLECTOR_TWILIO_API_SECRET": secret.api_secret,
        "COLLECTOR_TWILIO_AUTH_TOKEN": secret.auth_token,
    }


def require_free(*ports: int) -> None:
    """Refuse, with a sentence, before anything is started on a port that is taken."""
    for port in ports:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                raise NotReady(f"port {port} is taken; start with another: --port {port + 10}")


class Processes:
    """The processes of a floor, started together, stopped together, in reverse order."""

    def __init__(self, environment: Mapping[str, str], logs: Path) -> None:
        self._environment, self._logs = {**os.environ, **environment}, logs
        self._running: list[tuple[str, subprocess.Popen[bytes]]] = []

    def start(self, *words: str) -> None:
        """Start one `collector` command in a group of its own, so that Ctrl-C reaches it only through us."""
        command = [sys.executable, "-m", "collector", *words]
        self._logs.mkdir(parents=True, exist_ok=True)
        with (self._logs / f"{words[0]}.log").open("ab") as log:
            process = subprocess.Popen(  # noqa: S603 - our own program, with words of ours
                command, env=self._environment, stdout=log, stderr=log, start_new_session=True
            )
        self._running.append((words[0], process))

    def wait_until(self, answers: Callable[[], bool], what: str, patience_s: float = 60) -> None:
        """Wait for something to answer; a process that ended meanwhile ends the wait with its name."""
        deadline = time.monotonic() + patience_s
        while not answers():
            self._require_alive()
            if time.monotonic() > deadline:
                raise NotReady(f"{what} did not start within {patience_s:.0f} seconds")
            time.sleep(0.2)

    def _require_alive(self) -> None:
        for name, process in self._running:
            if process.poll() is not None:
                told = self._logs / f"{name}.log"
                raise CollectorError(f"{name} stopped by itself with exit code {process.returncode}; see {told}")

    def watch(self, stop: threading.Event) -> None:
        """Until told to stop, or until one of them dies."""
        while not stop.wait(0.5):
            self._require_alive()

    def stop(self) -> None:
        """Ask each to finish; what has not after ten seconds is ended."""
        for _, process in reversed(self._running):
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for _, process in reversed(self._running):
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._running.clear()


def listening(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0
