"""Runs the engines in turns, compares what they found, and writes the report. Called by ../bench.

Each engine is a process of its own: it loads the data, answers, times itself and prints lines
(README.md). In the first turn every engine's results are compared row by row with those of the
reference; an engine that differs is named and left out. The other turns are measured, each in
another order, and a round in which the load went above 3 is thrown away and done once more; a quick
run has only the first turn. Only Python's own library is needed here.
"""
import argparse
import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import report
import server

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
BUILD = os.path.join(ROOT, "build", "bench")
SEED = 1
MEMORY = "/dev/shm"  # where nothing waits for a disk
VOID_LOAD = 3.0
# A CV of the one-pass formula has lost digits where it is small; what it computes is 1 + CV^2.
TOLERANCE = 1e-11


class Engine:
    """name and threads as in the lines it prints; inner: repetitions of the warm job in a turn; modes:
    each a process of its own, one after the other; wanted: the checks that it must have."""

    def __init__(self, name, threads, command, inner, modes=("all",),
                 wanted=("nation", "edit", "drill")):
        self.name, self.threads, self.command, self.inner = name, threads, command, inner
        self.modes, self.wanted = modes, wanted
        self.times = {}   # metric: [(median, least)] by turn, in milliseconds
        self.checks = {}  # what: text

    def key(self):
        return f"{self.name} {self.threads}"


def program(name):
    path = os.path.join(BUILD, "engines", name)
    return [path] if os.path.exists(path) else None


def python_with(*modules):
    for path in ("/usr/bin/python3", shutil.which("python3")):
        if path and os.path.exists(path) and subprocess.run(
                [path, "-c", "import " + ", ".join(modules)], capture_output=True).returncode == 0:
            return path
    return None


def find_stored(data, durable, memory):
    """The engines that keep the nation durably; durable: the server, or None; memory: a folder of a
    file system in memory, or None."""
    engines = []
    stored, modes = program("stored"), ("import", "open", "journal")

    def add(name, program_of, modes, *extra):
        if program_of:
            engines.append(Engine(name, 1, [*program_of, *extra], 1, modes, ("nation", "edit")))

    def junheng(name, modes, store, *extra):
        add(name, stored, modes, "--packs", data.packs, "--years", data.years, "--store", store,
            *extra)

    junheng("junheng-sqlite", (*modes, "years"), os.path.join(data.folder, "journal.db"))
    if memory:
        junheng("junheng-memory", ("import", "journal"), os.path.join(memory, "journal.db"))
    add("sqlite-full", program("sqlite_stored"), modes, "--sql", data.sql, "--store",
        os.path.join(data.folder, "stored.sqlite"))
    if durable:
        side = os.path.join(data.folder, "side")
        os.makedirs(side, exist_ok=True)
        junheng("junheng-postgres", (*modes, "years"), durable.address, "--side", side)
        add("postgres-full", program("postgres_stored"), modes, "--sql", data.sql, "--store",
            durable.connection)
    return engines


def find_engines(data, connection, is_quick):
    """All engines that can run here."""
    engines = []

    def add(name, threads, command, inner, *extra):
        for count in threads[:1] if is_quick else threads:
            if command:
                engines.append(Engine(name, count, [*command, *extra], inner))

    python = python_with("numpy", "pandas")
    peer = os.path.join(HERE, "peers", "numpy_pandas.py")
    node = os.path.join(HERE, "node_modules", ".bin", "node")
    has_node = os.path.exists(node) and os.path.exists(
        os.path.join(HERE, "node_modules", "@duckdb", "node-api"))
    rscript = shutil.which("Rscript")
    if rscript and subprocess.run([rscript, "--vanilla", "-e", "library(data.table)"],
                                  capture_output=True).returncode != 0:
        rscript = None
    add("limit", (1, 2), program("limit"), 20)
    add("junheng", (1,), program("junheng"), 20, "--packs", data.packs)
    add("numpy", (1,), python and [python, peer], 5)
    add("pandas", (1,), python and [python, peer], 1)
    add("data.table", (1, 2),
        rscript and [rscript, "--vanilla", os.path.join(HERE, "peers", "datatable.R")], 1)
    add("duckdb", (1, 2), has_node and [node, os.path.join(HERE, "peers", "duckdb.mjs")], 1,
        "--sql", data.sql)
    add("postgres", (2,), connection and program("postgres"), 1, "--sql", data.sql_unlogged,
        "--store", connection or "")
    add("sqlite", (1,), program("sqlite"), 1, "--sql", data.sql, "--store",
        os.path.join(data.folder, "facts.sqlite"))
    return engines


class Data:
    """The files of one size; made once."""

    def __init__(self, rows, edit_count, drill_count):
        self.rows = rows
        self.folder = os.path.join(BUILD, f"data-{rows}-{edit_count}-{SEED}")
        os.makedirs(self.folder, exist_ok=True)
        self.csv, self.edits, self.drills, self.reference, self.sql, self.sql_unlogged = (
            os.path.join(self.folder, name) for name in
            ("schools.csv", "edits.txt", "drills.txt", "reference.csv", "job.sql",
             "job-unlogged.sql"))
        self.packs = os.path.join(self.folder, "packs")
        self.stored = os.path.join(self.folder, "stored.csv")
        self.years = os.path.join(self.folder, "years")
        generate = program("generate")[0]
        if not os.path.exists(self.reference) or newest(
                program("generate") + program("reference")) > os.path.getmtime(self.reference):
            save(self.csv, generate, rows, SEED)
            save(self.stored, generate, "stored", rows, SEED)
            make_years(self.stored, self.years)
            save(self.edits, generate, "edits", rows, SEED, edit_count)
            save(self.drills, generate, "drills", rows, SEED, drill_count)
            self.make_reference()
        make_sql = os.path.join(HERE, "peers", "make_sql.py")
        save(self.sql, sys.executable, make_sql)
        save(self.sql_unlogged, sys.executable, make_sql, "unlogged")
        shutil.copytree(os.path.join(HERE, "packs"), self.packs, dirs_exist_ok=True)
        save(os.path.join(self.packs, "core", "regions-bench.csv"), generate, "regions", rows,
             SEED)

    def make_reference(self):
        made = self.reference + ".new"
        subprocess.run([*program("reference"), "--csv", self.csv, "--dump", made], check=True,
                       stdout=subprocess.DEVNULL)
        os.replace(made, self.reference)


def make_years(table, folder):
    """The prefecture that comes nearest to 1,000 schools, as ten tables: each year every school has the
    figures of the next school of its type."""
    with open(table) as file:
        header, *lines = file
    prefectures = {}
    for line in lines:
        prefectures.setdefault(line.split(",", 2)[1][:4], []).append(line.rstrip("\n").split(",", 5))
    schools = min(prefectures.values(), key=lambda found: abs(len(found) - 1000))
    of_type = {}
    for school in schools:
        of_type.setdefault(school[2], []).append(school[5])
    os.makedirs(folder, exist_ok=True)
    for year in range(2015, 2025):
        next_of = {kind: year for kind in of_type}
        with open(os.path.join(folder, f"{year}-{year + 1}.csv"), "w") as file:
            file.write(header)
            for school in schools:
                figures = of_type[school[2]]
                file.write(",".join([*school[:5], figures[next_of[school[2]] % len(figures)]]) + "\n")
                next_of[school[2]] += 1


def newest(paths):
    return max(os.path.getmtime(path) for path in paths)


def save(path, *command):
    with open(path, "w") as file:
        subprocess.run([str(part) for part in command], check=True, stdout=file)


def read_dump(path):
    """(region, stage): (the five whole numbers, the seven CV or None)."""
    with open(path) as file:
        next(file)
        rows = (line.rstrip("\n").split(",") for line in file)
        return {(int(row[0]), int(row[1])): ([round(float(value)) for value in row[2:6]],
                                             [float(cv) if cv else None for cv in row[6:]])
                for row in rows}


def is_close(got, want):
    if got is None or want is None:
        return got is want
    return abs(got * got - want * want) <= TOLERANCE * (1 + want * want)


def differences(got, want):
    """What differs between two dumps, as texts."""
    found = [f"{key}: {'missing' if key in want else 'not wanted'}"
             for key in sorted(got.keys() ^ want.keys())]
    for key in got.keys() & want.keys():
        if got[key][0] != want[key][0]:
            found.append(f"{key}: {got[key][0]}, want {want[key][0]}")
        elif not all(map(is_close, got[key][1], want[key][1])):
            found.append(f"{key}: CV {got[key][1]}, want {want[key][1]}")
    return found


def cv_error(got, want):
    """The largest relative error of the CV of at least 0.01."""
    pairs = ((mine, true) for key in got for mine, true in zip(got[key][1], want[key][1]))
    return max(abs(mine / true - 1) for mine, true in pairs if true is not None and true >= 0.01)


class Run:
    """One call of ./bench."""

    def __init__(self, data, engines, options, log):
        self.data, self.engines, self.log = data, engines, log
        self.rounds, self.is_quick = options.rounds, options.is_quick
        self.failures = []
        self.cv_errors = {}
        self.load_before = os.getloadavg()[0]
        self.load = 0.0  # the highest in the rounds that count
        self.void_rounds = 0
        self.is_void = False

    def turn(self, engine, rounds, *extra):
        """Runs the engine once; its lines, or None if it failed."""
        table = self.data.csv if engine.modes == ("all",) else self.data.stored
        lines = []
        for mode in engine.modes:
            command = [*engine.command, "--engine", engine.name, "--csv", table, "--edits",
                       self.data.edits, "--drills", self.data.drills, "--threads", engine.threads,
                       "--rounds", rounds, "--mode", mode, *extra]
            done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
            self.log.write(done.stdout)
            self.log.flush()
            if done.returncode != 0:
                self.failures.append(f"{engine.key()}, {mode}: {done.stderr.strip()[-500:]}")
                return None
            lines += [line.split() for line in done.stdout.splitlines()]
        return lines

    def prove(self):
        """Leaves the engines that find what the reference finds."""
        want = read_dump(self.data.reference)
        proven = []
        self.load = self.load_before
        for engine in self.engines:
            dump = os.path.join(self.data.folder, f"{engine.name}-{engine.threads}.csv")
            lines = self.turn(engine, 1, "--dump", dump)
            if lines is None:
                continue
            got = read_dump(dump)
            wrong = differences(got, want)
            engine.checks = checks_of(lines)
            first = proven[0].checks if proven else engine.checks
            wrong += [f"{what}: {engine.checks.get(what)}, want {first[what]}"
                      for what in engine.wanted
                      if not same_check(engine.checks.get(what), first[what])]
            if wrong:
                self.failures.append(f"{engine.key()}: {len(wrong)} differences, such as "
                                     + "; ".join(wrong[:3]))
                continue
            self.cv_errors[engine.key()] = cv_error(got, want)
            if self.is_quick:
                take_times(engine, lines)
            proven.append(engine)
            say(f"{engine.key()}: {len(got)} rows as in the reference")
        self.engines = proven

    def measure(self):
        order = list(self.engines)
        random.Random(SEED).shuffle(order)
        self.load = 0.0
        number = 0
        while number < self.rounds and self.void_rounds <= 2 * self.rounds:
            started = time.monotonic()
            load, found = self.round(order)
            is_void = load > VOID_LOAD
            say(f"round {number + 1} of {self.rounds}: {time.monotonic() - started:.0f} s, "
                f"load {load:.2f}{': void, once more' if is_void else ''}")
            if is_void:
                self.void_rounds += 1
                time.sleep(20)
                continue
            for engine, lines in found:
                take_times(engine, lines)
            self.load = max(self.load, load)
            order.append(order.pop(0))
            number += 1
        self.is_void = number < self.rounds

    def round(self, order):
        """Runs each engine once: the highest load there was, and the lines."""
        load, found = os.getloadavg()[0], []
        for engine in order:
            lines = self.turn(engine, engine.inner) or []
            load = max(load, os.getloadavg()[0])
            if not all(same_check(text, engine.checks[what])
                       for what, text in checks_of(lines).items()):
                self.failures.append(f"{engine.key()}: other results in a later turn")
            found.append((engine, lines))
        return load, found


def take_times(engine, lines):
    for words in lines:
        if words[0] == "result":
            engine.times.setdefault(words[2], []).append((float(words[4]), float(words[5])))


def checks_of(lines):
    return {words[2]: " ".join(words[4:]) for words in lines if words[0] == "check"}


def same_check(got, want):
    """The counts are equal and the sums of CV nearly: a CV of 0 may come out as 1e-8."""
    if got is None or want is None:
        return False
    got_counts, got_sum = got.split(" cvsum=")
    want_counts, want_sum = want.split(" cvsum=")
    return got_counts == want_counts and abs(float(got_sum) - float(want_sum)) <= 1e-9 * (
        1000 + float(want_sum))


def say(text):
    print(text, file=sys.stderr, flush=True)


def read_options():
    parser = argparse.ArgumentParser(prog="./bench")
    parser.add_argument("what", nargs="?", choices=["full", "quick"], default="full")
    parser.add_argument("--engines", type=lambda text: text.split(","))
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--rows", type=int)
    options = parser.parse_args()
    options.is_quick = options.what == "quick"
    options.rows = options.rows or (3000 if options.is_quick else 210000)
    options.rounds = 1 if options.is_quick else options.rounds or 7
    return options


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    options = read_options()
    wanted = options.engines
    data = Data(options.rows, *((20, 5) if options.is_quick else (1000, 100)))
    programs = server.find_programs() if program("postgres") else None
    with contextlib.ExitStack() as stack:
        connection = durable = None
        if programs and (not wanted or "postgres" in wanted):
            connection = stack.enter_context(server.Server(programs)).connection
        if programs and (not wanted or any("-postgres" in name or "postgres-" in name
                                           for name in wanted)):
            durable = stack.enter_context(server.Server(programs, server.DURABLE))
        memory = None
        if os.access(MEMORY, os.W_OK):
            memory = stack.enter_context(tempfile.TemporaryDirectory(prefix="jh-bench-", dir=MEMORY))
        engines = (find_engines(data, connection, options.is_quick)
                   + find_stored(data, durable, memory))
        known = {engine.name for engine in engines}
        if wanted:
            engines = [engine for engine in engines if engine.name in {*wanted, "limit"}]
        log = stack.enter_context(open(os.path.join(BUILD, "lines.txt"), "w"))
        run = Run(data, engines, options, log)
        run.failures += [f"{name}: not here" for name in wanted or [] if name not in known]
        run.prove()
        if not run.is_quick:
            run.measure()
    text = report.make(run)
    with open(os.path.join(BUILD, "report.md"), "w") as file:
        file.write(text)
    print(text)
    say("written to build/bench/report.md")
    if run.failures or run.is_void:
        sys.exit(1)


if __name__ == "__main__":
    main()
