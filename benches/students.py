"""From a nation's list of pupils to the facts of its schools: `./bench students`. README.md states the job.

Each engine is a process that loads and aggregates the file twice and times the second time. The turns, the
rule on load and the machine's description are those of driver.py and report.py.
"""
import argparse
import contextlib
import os
import random
import statistics
import subprocess
import sys
import time

import driver
import report

METRICS = [("load", "CSV to what is aggregated"), ("sum", "pupils, classes, largest class"),
           ("all", "CSV to facts")]
QUICK_ROWS, ROWS = 200000, 20000000
HERE = os.path.join(driver.HERE, "students")


def find_engines():
    engines = []

    def add(name, threads, command, *extra):
        if command:
            engines.extend(driver.Engine(name, count, [*command, *extra], 1) for count in threads)

    node = os.path.join(driver.HERE, "node_modules", ".bin", "node")
    has_node = os.path.exists(node) and os.path.exists(
        os.path.join(driver.HERE, "node_modules", "@duckdb", "node-api"))
    add("limit", (1,), driver.program("students_limit"))
    add("junheng", (1,), driver.program("students_junheng"), "--packs",
        os.path.join(driver.ROOT, "packs"))
    add("duckdb", (1, 2), has_node and [node, os.path.join(HERE, "duckdb.mjs")])
    add("data.table", (1, 2), find_rscript())
    python = driver.python_with("pandas")
    add("pandas", (1,), python and [python, os.path.join(HERE, "pandas_peer.py")])
    return engines


def find_rscript():
    path = driver.shutil.which("Rscript")
    is_there = path and subprocess.run([path, "--vanilla", "-e", "library(data.table)"],
                                       capture_output=True).returncode == 0
    return is_there and [path, "--vanilla", os.path.join(HERE, "datatable.R")]


def make_csv(rows):
    folder = os.path.join(driver.BUILD, f"students-{rows}-{driver.SEED}")
    path = os.path.join(folder, "pupils.csv")
    generate = driver.program("students_generate")
    os.makedirs(folder, exist_ok=True)
    if not os.path.exists(path) or driver.newest(generate) > os.path.getmtime(path):
        driver.save(path + ".new", *generate, rows, driver.SEED)
        os.replace(path + ".new", path)
    return path


class Run:
    """One run of the job: `engines` are those whose results are equal."""

    def __init__(self, csv, engines, options, log):
        self.csv, self.engines, self.options, self.log = csv, engines, options, log
        self.failures, self.void_rounds, self.load = [], 0, 0.0
        self.load_before = os.getloadavg()[0]

    def turn(self, engine):
        """Runs the engine once: its lines as words."""
        command = [*engine.command, "--csv", self.csv, "--engine", engine.name,
                   "--threads", str(engine.threads), "--rounds", "1"]
        done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
        self.log.write(done.stdout)
        self.log.flush()
        if done.returncode != 0:
            self.failures.append(f"{engine.key()}: {done.stderr.strip()[-300:]}")
            return []
        return [line.split() for line in done.stdout.splitlines()]

    def prove(self):
        """The first turn: whoever finds something else than the limit program is left out."""
        proven = []
        for engine in self.engines:
            lines = self.turn(engine)
            engine.checks = driver.checks_of(lines)
            if not lines:
                continue
            if proven and engine.checks != proven[0].checks:
                self.failures.append(f"{engine.key()}: {engine.checks}, want {proven[0].checks}")
                continue
            if self.options.is_quick:
                driver.take_times(engine, lines)
            proven.append(engine)
            driver.say(f"{engine.key()}: {engine.checks.get('students')}")
        self.engines = proven

    def measure(self):
        order = list(self.engines)
        random.Random(driver.SEED).shuffle(order)
        number = 0
        while number < self.options.rounds and self.void_rounds <= 2 * self.options.rounds:
            started, load, found = time.monotonic(), os.getloadavg()[0], []
            for engine in order:
                found.append((engine, self.turn(engine)))
                load = max(load, os.getloadavg()[0])
            is_void = load > driver.VOID_LOAD and not self.options.busy
            driver.say(f"round {number + 1} of {self.options.rounds}: "
                       f"{time.monotonic() - started:.0f} s, load {load:.2f}"
                       f"{': void, once more' if is_void else ''}")
            if is_void:
                self.void_rounds += 1
                time.sleep(20)
                continue
            for engine, lines in found:
                if driver.checks_of(lines) != engine.checks:
                    self.failures.append(f"{engine.key()}: other results in a later turn")
                driver.take_times(engine, lines)
            self.load = max(self.load, load)
            order.append(order.pop(0))
            number += 1
        self.is_void = number < self.options.rounds


def cell(times, engine, metric):
    median = times.median(engine.name, engine.threads, metric)
    if median is None:
        return "-"
    least = times.least(engine.name, engine.threads, metric)
    base = times.median("junheng", 1, metric)
    ratio = f" ({report.number(median / base)})" if base else ""
    return f"{report.number(median)} / {report.number(least)}{ratio}"


def add_goals(lines, times):
    goals = report.Goals(times)
    for metric, what, goal, floor in (("load", "load", 4, 2), ("sum", "aggregate", 10, 5),
                                      ("all", "load and aggregate", 4, 2)):
        for threads in (1, 2):
            mine, peer = times.median("junheng", 1, metric), times.median("duckdb", threads, metric)
            if mine and peer:
                goals.add(f"{what}: ahead of {report.describe('duckdb', threads)}", " ×", goal,
                          floor, peer / mine, False)
    lines += ["", *goals.lines]


def make_report(run):
    times = report.Times(run)
    rounds = run.options.rounds
    lines = [f"{run.options.rows:,} pupils, {os.path.getsize(run.csv) / 1e6:.1f} MB of CSV, {rounds} "
             f"round{'s' if rounds > 1 else ''} in turns. {report.machine()}. Load "
             f"{run.load_before:.2f} before, {run.load:.2f} at most; rounds void and done once more: "
             f"{run.void_rounds}."]
    if run.load > driver.VOID_LOAD:
        lines += ["", "**The machine was busy (--busy): ratios of this run are rough, times mean little.**"]
    if run.failures:
        lines += ["", "**FAILED:**", *(f"- {failure}" for failure in run.failures)]
    lines += ["", "| ms: median / least (× junheng) | " + " | ".join(
        label for _, label in METRICS) + " |", "| --- " * (len(METRICS) + 1) + "|"]
    lines += [f"| {report.describe(engine.name, engine.threads)} | " + " | ".join(
        cell(times, engine, metric) for metric, _ in METRICS) + " |" for engine in run.engines]
    if not run.options.is_quick:
        add_goals(lines, times)
    return "\n".join(lines) + "\n"


def read_options():
    parser = argparse.ArgumentParser(prog="./bench students")
    parser.add_argument("what", nargs="?", choices=["full", "quick"], default="full")
    parser.add_argument("--engines", type=lambda text: text.split(","))
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--rows", type=int)
    parser.add_argument("--busy", action="store_true", help="keep rounds of too much load")
    options = parser.parse_args()
    options.is_quick = options.what == "quick"
    options.rows = options.rows or (QUICK_ROWS if options.is_quick else ROWS)
    options.rounds = 1 if options.is_quick else options.rounds or 5
    return options


def main():
    options = read_options()
    engines = find_engines()
    wanted = options.engines
    if wanted:
        engines = [engine for engine in engines if engine.name in {*wanted, "limit"}]
    with contextlib.ExitStack() as stack:
        log = stack.enter_context(open(os.path.join(driver.BUILD, "students-lines.txt"), "w"))
        run = Run(make_csv(options.rows), engines, options, log)
        run.is_void = False
        run.prove()
        if not options.is_quick:
            run.measure()
    text = make_report(run)
    with open(os.path.join(driver.BUILD, "students.md"), "w") as file:
        file.write(text)
    print(text)
    driver.say("written to build/bench/students.md")
    if run.failures or run.is_void:
        sys.exit(1)


if __name__ == "__main__":
    main()
