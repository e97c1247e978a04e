"""The processes: serve, worker, sandbox, and the demo that starts all three."""

from __future__ import annotations

import os
import signal
import threading
from contextlib import suppress
from pathlib import Path
from types import FrameType

import typer
import uvicorn

from collector.app import DemoSecrets, Processes, demo_environment, listening, require_free
from collector.casework.office import Office, open_office
from collector.casework.setting_up import set_up
from collector.cli.frame import command, out, progress_bar
from collector.cli.main import app
from collector.foundation import logs
from collector.foundation.clock import system_clock
from collector.foundation.errors import NotReady
from collector.foundation.settings import Settings, load_settings
from collector.identity.queries import installation
from collector.identity.rules import EVERYTHING
from collector.portfolio.queries import callers, portfolios
from collector.sandbox import server as sandbox_server
from collector.sandbox.book import PEOPLE, agent_of_the_hour, make_book
from collector.sandbox.config import SandboxConfig, numbers_at
from collector.web.app import create_web
from collector.web.live import Server
from collector.worker import run as worker

DemoOption = typer.Option(Path("var/demo"), "--home", help="Folder the demo keeps its book in.")


@app.command("serve")
@command
def serve(
    host: str = typer.Option("127.0.0.1", "--host"), port: int = typer.Option(8000, "--port", min=1, max=65535)
) -> None:
    """Serve pages, API and webhooks."""
    logs.configure()
    settings = load_settings()
    if host not in {"127.0.0.1", "localhost"} and not settings.trusted_proxies:
        raise NotReady("beyond this machine the server speaks only behind a TLS proxy: set COLLECTOR_TRUSTED_PROXIES")
    office = open_office(settings)
    _require_right_book(office)
    server = Server(
        uvicorn.Config(
            create_web(office, system_clock),
            host=host,
            port=port,
            access_log=False,
            log_config=None,
            proxy_headers=bool(settings.trusted_proxies),
            forwarded_allow_ips=settings.trusted_proxies or None,
            server_header=False,
        )
    )
    with suppress(KeyboardInterrupt):
        server.run()
    if not server.started:
        raise NotReady("the server did not start; its log says why")


@app.command("worker")
@command
def run_worker() -> None:
    """Ring the timetable: plan, send, sweep, reconcile, seal."""
    logs.configure()
    office = open_office(load_settings())
    _require_right_book(office)
    stop = threading.Event()
    _on_signals(stop)
    worker.run(office, system_clock, stop)


@app.command("sandbox")
@command
def sandbox(
    port: int = typer.Option(8001, "--port", min=1, max=65535),
    seed: int = typer.Option(1, "--seed", help="Another seed, other lives."),
    speed: float = typer.Option(1.0, "--speed", min=0, help="1: real time; 60: a minute a second; 0: all at once."),
) -> None:
    """A carrier on this machine with simulated borrowers behind its numbers; it speaks Twilio's REST."""
    settings = load_settings()
    office = open_office(settings)
    with office.database.read() as session:
        numbers = [line.number for book in portfolios(session, EVERYTHING) for line in callers(session, book.id or 0)]
    office.database.dispose()
    sandbox_server.run(sandbox_config(settings, numbers, seed, speed), port)


def sandbox_config(settings: Settings, numbers: list[str], seed: int, speed: float) -> SandboxConfig:
    """The sandbox as the carrier of this installation."""
    paths = ("/webhooks/twilio/message-in", "/webhooks/twilio/voice-in")
    return SandboxConfig(
        account_sid=settings.twilio_account_sid,
        auth_token=settings.twilio_auth_token.get_secret_value(),
        api_key=settings.twilio_api_key,
        api_secret=settings.twilio_api_secret.get_secret_value(),
        numbers=numbers_at(settings.public_url, numbers, *paths),
        app_url=settings.public_url,
        seed=seed,
        speed=speed,
    )


@app.command("demo")
@command
def demo(
    port: int = typer.Option(8080, "--port", min=1024, max=65000),
    home: Path = DemoOption,
    accounts: int = typer.Option(4000, "--accounts", min=100, help="Size of the book, when it is made."),
) -> None:
    """A working floor on this machine: book, server, worker and carrier sandbox. Ctrl-C stops all of it."""
    require_free(port, port + 1)
    secret = DemoSecrets.kept_in(home, PEOPLE)
    environment = demo_environment(home, port, secret)
    os.environ.update(environment)
    settings = load_settings()
    _prepare(settings, secret, accounts)
    processes, stop = Processes(environment, home / "log"), threading.Event()
    _on_signals(stop)
    try:
        processes.start("sandbox", "--port", str(port + 1), "--speed", "20")
        processes.wait_until(lambda: listening(port + 1), "the carrier sandbox")
        processes.start("serve", "--port", str(port))
        processes.wait_until(lambda: listening(port), "the server")
        processes.start("worker")
        _welcome(port, secret)
        processes.watch(stop)
    finally:
        processes.stop()
        out.print("stopped")


def _prepare(settings: Settings, secret: DemoSecrets, accounts: int) -> None:
    """Make the book unless it is there: a floor that was stopped half-way while making it is made again."""
    done = settings.home / "book.done"
    if done.exists():
        before, after = set_up(settings, system_clock())  # a newer version may have come since
        out.print("using the book of the last start" + ("" if before == after else f", upgraded to {after}"))
        return
    for file in settings.home.glob("collector.db*"):
        file.unlink()
    settings.resolved_key_file.unlink(missing_ok=True)
    set_up(settings, system_clock())
    office = open_office(settings)
    with progress_bar("making the book") as progress:
        opening = make_book(office, secret.logins, accounts=accounts, now=system_clock(), progress=progress)
    for line in opening.lines():
        out.print(line)
    office.database.dispose()
    done.touch()


def _welcome(port: int, secret: DemoSecrets) -> None:
    out.print(f"\nThe floor is open: http://127.0.0.1:{port}\n")
    for name, password in secret.logins.items():
        out.print(f"  {name:<12} {password}   {PEOPLE[name]}")
    out.print("\nThree things to try:")
    out.print(f"  1. {_first_try(agent_of_the_hour(system_clock()))}")
    out.print("  2. Sign in as wang: queues, refusals by rule, approvals, and the red switch that stops all contact.")
    out.print(
        "  3. Ask why: COLLECTOR_HOME=" + str(load_settings().home) + " .venv/bin/collector explain CN-CASH/100001"
    )
    out.print(
        f"\nNobody real can be reached from here. Logs: {load_settings().home / 'log'}. Ctrl-C stops everything.\n"
    )


def _first_try(agent: str | None) -> str:
    if agent is None:
        return "Sign in as li: nobody may be called at this hour; the desk says when. By day n takes the best call."
    return (
        f"Sign in as {agent}, press n: the best call opens. Press 1 for no answer, or i to verify, then p to promise."
    )


def _require_right_book(office: Office) -> None:
    with office.database.read() as session:
        row = installation(session)
    if row is not None and row.demo and not office.settings.demo:
        raise NotReady("this is a demo database: start it with collector demo, or use another COLLECTOR_HOME")


def _on_signals(stop: threading.Event) -> None:
    def heard(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGINT, heard)
    signal.signal(signal.SIGTERM, heard)
