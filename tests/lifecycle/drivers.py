"""Two ways to do the same work: the command line, and the API."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from typer.testing import CliRunner

from collector.cli.main import app

Row = Mapping[str, str]


def csv_text(rows: Sequence[Row], header: Sequence[str] = ()) -> str:
    """A file of these rows; `header` where there are none."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]) if rows else list(header))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


class Driver(Protocol):
    """What the lifecycle asks for. Every `at` is ISO 8601 with offset."""

    def load(self, kind: str, text: str, at: str, portfolio: str | None = None) -> dict[str, Any]: ...
    def plan(self, at: str) -> dict[str, Any]: ...
    def sweep(self, at: str) -> dict[str, Any]: ...
    def send(self, at: str) -> dict[str, Any]: ...
    def tasks(self, account: str, at: str) -> list[dict[str, Any]]: ...
    def next_call(self, agent: str, at: str) -> dict[str, Any]: ...
    def outcome(self, task: int, outcome: str, at: str) -> dict[str, Any]: ...
    def promise(self, account: str, amount: str, due_at: str, at: str) -> dict[str, Any]: ...
    def found(self, account: str, phone: str, at: str) -> dict[str, Any]: ...
    def referrals(self, kind: str, at: str) -> list[dict[str, Any]]: ...
    def explain(self, account: str, at: str) -> dict[str, Any]: ...


class CommandLine:
    """`collector ... --json`, in this process."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self._folder, self._environment = folder, {**os.environ, **environment}
        self._runner = CliRunner()

    def run(self, *words: str) -> Any:
        """One command that must succeed; its JSON document."""
        result = self._runner.invoke(app, [*words, "--json"], env=self._environment)
        assert result.exit_code == 0, (words, result.output, result.exception)
        return json.loads(result.stdout)

    def load(self, kind: str, text: str, at: str, portfolio: str | None = None) -> dict[str, Any]:
        file = self._folder / f"{kind}.csv"
        file.write_text(text, encoding="utf-8")
        where = ["--portfolio", portfolio] if portfolio else []
        return self.run("load", kind, str(file), *where, "--at", at)

    def plan(self, at: str) -> dict[str, Any]:
        return self.run("plan", "--at", at)

    def sweep(self, at: str) -> dict[str, Any]:
        return self.run("sweep", "--at", at)

    def send(self, at: str) -> dict[str, Any]:
        return self.run("send", "--at", at)

    def tasks(self, account: str, at: str) -> list[dict[str, Any]]:
        return self.run("tasks", "--account", account, "--status", "planned", "--at", at)["tasks"]

    def next_call(self, agent: str, at: str) -> dict[str, Any]:
        return self.run("next-call", "--agent", agent, "--at", at)

    def outcome(self, task: int, outcome: str, at: str) -> dict[str, Any]:
        return self.run("outcome", str(task), outcome, "--at", at)

    def promise(self, account: str, amount: str, due_at: str, at: str) -> dict[str, Any]:
        return self.run("promise", account, amount, due_at, "--at", at)

    def found(self, account: str, phone: str, at: str) -> dict[str, Any]:
        return self.run("found", account, phone, "--at", at)

    def referrals(self, kind: str, at: str) -> list[dict[str, Any]]:
        return self.run("referrals", "--kind", kind, "--at", at)["referrals"]

    def explain(self, account: str, at: str) -> dict[str, Any]:
        return self.run("explain", account, "--at", at)


class Api:
    """`/api/v1`, with one key for everything."""

    def __init__(self, client: Any, key: str) -> None:
        self._client, self._headers = client, {"Authorization": f"Bearer {key}"}

    def _answer(self, response: Any) -> Any:
        assert response.status_code == 200, response.text
        return response.json()

    def _post(self, path: str, **asked: Any) -> Any:
        return self._answer(self._client.post(f"/api/v1{path}", json=asked, headers=self._headers))

    def _get(self, path: str, **asked: Any) -> Any:
        return self._answer(self._client.get(f"/api/v1{path}", params=asked, headers=self._headers))

    def load(self, kind: str, text: str, at: str, portfolio: str | None = None) -> dict[str, Any]:
        fields = {"at": at} | ({"portfolio": portfolio} if portfolio else {})
        files = {"file": (f"{kind}.csv", text.encode())}
        sent = self._client.post(f"/api/v1/load/{kind}", data=fields, files=files, headers=self._headers)
        return self._answer(sent)

    def plan(self, at: str) -> dict[str, Any]:
        return self._post("/plan", at=at)

    def sweep(self, at: str) -> dict[str, Any]:
        return self._post("/sweep", at=at)

    def send(self, at: str) -> dict[str, Any]:
        return self._post("/send", at=at)

    def tasks(self, account: str, at: str) -> list[dict[str, Any]]:
        return self._get("/tasks", account=account, status="planned", at=at)["tasks"]

    def next_call(self, agent: str, at: str) -> dict[str, Any]:
        return self._post("/next-call", agent=agent, at=at)

    def outcome(self, task: int, outcome: str, at: str) -> dict[str, Any]:
        return self._post(f"/tasks/{task}/outcome", outcome=outcome, at=at)

    def promise(self, account: str, amount: str, due_at: str, at: str) -> dict[str, Any]:
        return self._post("/promises", account=account, amount=amount, due_at=due_at, at=at)

    def found(self, account: str, phone: str, at: str) -> dict[str, Any]:
        return self._post("/found", person=account, phone=phone, at=at)

    def referrals(self, kind: str, at: str) -> list[dict[str, Any]]:
        return self._get("/referrals", kind=kind, at=at)["referrals"]

    def explain(self, account: str, at: str) -> dict[str, Any]:
        return self._post("/explain", account=account, at=at)
