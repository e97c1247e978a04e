"""Mutation testing of the gate: is there a test that fails for every small change of the rules?

    scripts/mutate [FILE ...] [--jobs 2] [--only FUNCTION] [--slowest 0.6]

FILE: names in collector/compliance/rules, without ending; by default the rules of time, frequency and stops. Each
mutant changes one function in one place (a comparison, an operator, a condition that is dropped or turned round, a
number, a result) in a child process of its own, where the tests that reach the function are run, quickest first,
until one fails. A mutant that no test fails for has survived, and must stand in survivors.yaml with the reason why
that is right. Exit 1 for a survivor without a reason, and for a reason whose mutant no longer survives.

Parameters' defaults and tables are data and are not changed: the packs' own tests hold them. Tests that take longer
than `--slowest` seconds are left out, and said so. Mutmut and cosmic-ray were looked at: one leaves the functions of
a class and cached ones aside and brings a screen library, the other starts a new pytest for every mutant.
"""

from __future__ import annotations

import argparse
import ast
import gc
import os
import pickle
import signal
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from importlib import import_module
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any, NamedTuple

import pytest
import yaml
from hypothesis import Phase, settings

from collector.compliance.packs import CODES, load_pack
from collector.foundation.calendar import add_business_days
from mutants.changes import Mutant, functions, mutants

ROOT = Path(__file__).resolve().parents[2]
RULES = ROOT / "collector" / "compliance" / "rules"
EXPLAINED = Path(__file__).parent / "survivors.yaml"
FILES = ("hours", "frequency", "debts", "consent", "stops", "disputes", "day", "agreed", "wishes", "case")
PATIENCE = 120
"""Seconds after which a mutant that runs on is taken as caught."""

Function = tuple[str, str]
"""File and name."""
REACHED: set[Function] = set()
"""By the test that runs, while they are watched."""


class Job(NamedTuple):
    file: str
    mutant: Mutant

    @property
    def name(self) -> str:
        return f"{self.file}.{self.mutant.function}: {self.mutant.change}"


def main(argv: list[str] | None = None) -> int:
    """Run the mutants, print the survivors, compare them with what is explained."""
    parser = argparse.ArgumentParser(
        prog="scripts/mutate", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("files", nargs="*", default=FILES, metavar="FILE")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--only", action="append", default=[], metavar="FUNCTION", help="may be given again")
    parser.add_argument("--slowest", type=float, default=0.6, help="seconds; longer tests are left out")
    options = parser.parse_args(argv)
    if unknown := [file for file in options.files if not (RULES / f"{file}.py").is_file()]:
        parser.error(f"no rules in {', '.join(unknown)}; by default: {', '.join(FILES)}")
    settings.register_profile("mutants", derandomize=True, database=None, phases=(Phase.explicit, Phase.generate))
    settings.load_profile("mutants")
    runner = Runner(options)
    arguments = ["-p", "no:terminal", "-p", "no:cacheprovider", "-s", str(ROOT / "tests" / "compliance")]
    addopts = "addopts=--strict-markers --import-mode=importlib"
    status = pytest.main([*arguments, "-o", addopts, "--rootdir", str(ROOT)], plugins=[runner])
    if not runner.is_done:
        print(f"the tests could not be run: {status!r}", file=sys.stderr)
        return 1
    return report(runner, options)


class Runner:
    """Plays the tests' loop: once as they are, to see what reaches what; then for every mutant in a child."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.modules = {file: import_module(f"collector.compliance.rules.{file}") for file in options.files}
        self.jobs = [
            Job(file, mutant)
            for file in options.files
            for mutant in mutants((RULES / f"{file}.py").read_text(encoding="utf-8"))
            if not options.only or mutant.function in options.only
        ]
        self.survivors: list[Job] = []
        self.left_out: list[str] = []
        self.is_done = self.has_failed = False

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.has_failed = self.has_failed or report.failed

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        for code in CODES:  # read once, not in every child
            add_business_days(date(2026, 5, 12), 1, load_pack(code).country or "CN")
        gc.freeze()
        read, write = os.pipe()
        if os.fork() == 0:
            os.close(read)
            with os.fdopen(write, "wb") as out:
                pickle.dump(self._as_they_are(session), out)
            os._exit(0)
        os.close(write)
        with os.fdopen(read, "rb") as told:
            reach, failed = pickle.load(told)
        os.wait()
        if failed:
            print("these tests fail without any change:", *failed, sep="\n  ", file=sys.stderr)
            return True
        print(f"{len(reach)} tests ran unchanged", file=sys.stderr, flush=True)
        self._change_by_change(session, self._quickest_first(reach))
        self.is_done = True
        return True

    def _as_they_are(self, session: pytest.Session) -> tuple[list[tuple[float, set[Function]]], list[str]]:
        """Of every test: how long it takes, and which functions it reaches."""
        reach, failed = [], []
        self._watch()
        for item in session.items:
            read, write = os.pipe()
            child = os.fork()
            if child == 0:
                self._alone(item, write)
            os.close(write)
            with os.fdopen(read, "rb") as told:
                seen = told.read()
            _, status, used = os.wait4(child, 0)
            reach.append((used.ru_utime, pickle.loads(seen) if seen else set()))
            if os.WIFEXITED(status) and os.WEXITSTATUS(status):
                failed.append(item.nodeid)
        return reach, failed

    def _alone(self, item: pytest.Item, write: int) -> None:
        """In a child: one test, and what it reached. One that takes too long ends without a word."""
        signal.signal(signal.SIGVTALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_VIRTUAL, self.options.slowest)
        self._forget()
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
        with os.fdopen(write, "wb") as out:
            pickle.dump(REACHED, out)
        os._exit(int(self.has_failed))

    def _quickest_first(self, reach: Sequence[tuple[float, set[Function]]]) -> dict[Function, list[int]]:
        tests: dict[Function, list[int]] = defaultdict(list)
        for place, (seconds, reached) in sorted(enumerate(reach), key=lambda pair: pair[1][0]):
            if not reached and seconds >= self.options.slowest:
                self.left_out.append(str(place))
                continue
            for name in reached:
                tests[name].append(place)
        return tests

    def _change_by_change(self, session: pytest.Session, tests: dict[Function, list[int]]) -> None:
        running: dict[int, Job] = {}
        started = time.monotonic()
        for number, job in enumerate(self.jobs):
            if len(running) >= self.options.jobs:
                self._one_ends(running)
            child = os.fork()
            if child == 0:
                self._try(session, job, tests[job.file, job.mutant.function])
            running[child] = job
            if number % 50 == 49:
                print(f"{number + 1} of {len(self.jobs)}, {len(self.survivors)} survive", file=sys.stderr, flush=True)
        while running:
            self._one_ends(running)
        self.left_out = [session.items[int(place)].nodeid for place in self.left_out]
        print(f"{len(self.jobs)} mutants in {time.monotonic() - started:.0f} s", file=sys.stderr)

    def _one_ends(self, running: dict[int, Job]) -> None:
        child, status = os.wait()
        job = running.pop(child)
        if os.WIFEXITED(status) and os.WEXITSTATUS(status) == 0:
            self.survivors.append(job)
            print(f"  survives: {job.name}", file=sys.stderr, flush=True)

    def _try(self, session: pytest.Session, job: Job, tests: Sequence[int]) -> None:
        """In the child: put the change in and leave with 1 at the first test that fails."""
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(PATIENCE)
        module = self.modules[job.file]
        changed = compile(job.mutant.build(), str(module.__file__), "exec")
        function(module, job.mutant.function).__code__ = code_of(changed, job.mutant.function)
        self._forget()
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115 - the child ends with it
        for place in tests:
            item = session.items[place]
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
            if self.has_failed:
                os._exit(1)
        os._exit(0)

    def _watch(self) -> None:
        """Every function says that it was reached."""
        for file, name in {(job.file, job.mutant.function) for job in self.jobs}:
            module = self.modules[file]
            tree = ast.parse((RULES / f"{file}.py").read_text(encoding="utf-8"))
            dict(functions(tree))[name].body[:0] = ast.parse(f"__reached__.add(({file!r}, {name!r}))").body
            vars(module)["__reached__"] = REACHED
            function(module, name).__code__ = code_of(compile(tree, str(module.__file__), "exec"), name)

    def _forget(self) -> None:
        """What the changed modules remember of earlier answers."""
        for module in self.modules.values():
            for value in vars(module).values():
                if callable(clear := getattr(value, "cache_clear", None)):
                    clear()


def function(module: ModuleType, name: str) -> FunctionType:
    """The function itself, under what decorates it."""
    owner, _, last = name.rpartition(".")
    found: Any = vars(getattr(module, owner))[last] if owner else getattr(module, last)
    found = getattr(found, "fget", found)
    while hasattr(found, "__wrapped__"):
        found = found.__wrapped__
    assert isinstance(found, FunctionType)
    return found


def code_of(module: CodeType, name: str) -> CodeType:
    """The code of a function inside a compiled module."""
    for part in name.split("."):
        module = next(one for one in module.co_consts if isinstance(one, CodeType) and one.co_name == part)
    return module


def report(runner: Runner, options: argparse.Namespace) -> int:
    """Survivors against the reasons that are written down."""
    explained: dict[str, str] = yaml.safe_load(EXPLAINED.read_text(encoding="utf-8")) or {}
    tried = {job.name for job in runner.jobs}
    survived = {job.name for job in runner.survivors}
    caught = len(tried) - len(survived)
    print(f"{caught} of {len(tried)} mutants were caught; {len(survived & set(explained))} survive for a reason")
    for nodeid in runner.left_out:
        print(f"left out, too slow: {nodeid}")
    unexplained = sorted(survived - set(explained))
    stale = sorted((set(explained) & tried) - survived)
    if not options.only and set(options.files) == set(FILES):
        stale += sorted(set(explained) - tried)
    for job in runner.survivors:
        if job.name in unexplained:
            print(f"SURVIVES without a reason: {job.name}   (line {job.mutant.line})")
    for name in stale:
        print(f"explained, but does not survive any more: {name}")
    return 1 if unexplained or stale else 0


if __name__ == "__main__":
    raise SystemExit(main())
