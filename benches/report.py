"""The report of a run, as Markdown."""
import os
import platform
import re
import statistics
import subprocess

METRICS = [("cold", "cold: CSV to verdicts"), ("warm", "warm: all verdicts"),
           ("full", "warm: + every school's ratios kept"), ("edit", "edit: county and above"),
           ("edit_p99", "edit p99"), ("drill", "drill: one prefecture")]
STORED = [("import", "import: CSV to accepted"), ("replay", "journal to verdicts, no cache"),
          ("open", "open: fresh process to verdicts (peers: to doubles)"),
          ("journal", "durable edit: county and above"), ("journal_p99", "durable edit p99"),
          ("commit", "bare commit"), ("commit_p99", "bare commit p99"),
          ("years_replay", "ten years of a prefecture from the journal"),
          ("years_edit", "durable edit there"), ("years_edit_p99", "p99")]
DATABASES = ["duckdb", "postgres", "sqlite", "data.table", "pandas"]


class Times:
    """Medians and minima in milliseconds by engine, threads and metric."""

    def __init__(self, run):
        self.of = {(engine.name, engine.threads, metric): values for engine in run.engines
                   for metric, values in engine.times.items()}

    def median(self, name, threads, metric):
        values = self.of.get((name, threads, metric))
        return statistics.median(value[0] for value in values) if values else None

    def least(self, name, threads, metric):
        values = self.of.get((name, threads, metric))
        return min(value[1] for value in values) if values else None

    def best(self, names, metric):
        """(median, "name, threads") of the fastest of these engines; None if there is none."""
        found = [(self.median(name, threads, metric), describe(name, threads))
                 for name, threads, known in self.of if name in names and known == metric]
        return min(found, default=None)


def describe(name, threads):
    return f"{name}, {threads} thread{'s' if threads > 1 else ''}"


def number(value):
    """Three digits."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}" if value >= 1 else f"{value:.3g}"


def cell(times, engine, metric):
    median = times.median(engine.name, engine.threads, metric)
    if median is None:
        return "-"
    least = times.least(engine.name, engine.threads, metric)
    base = times.median("limit", 1, metric)
    ratio = f" ({number(median / base)})" if base else ""
    return f"{number(median)} / {number(least)}{ratio}"


def time_table(run, times):
    lines = ["| ms: median / least (× limit on 1 thread) | " + " | ".join(
        label for _, label in METRICS) + " |", "| --- " * (len(METRICS) + 1) + "|"]
    lines += [f"| {describe(engine.name, engine.threads)} | " + " | ".join(
        cell(times, engine, metric) for metric, _ in METRICS) + " |"
        for engine in run.engines if not is_stored(engine)]
    return lines


def is_stored(engine):
    return "import" in engine.modes


def stored_table(run, times):
    engines = [engine for engine in run.engines if is_stored(engine)]
    lines = ["| stored, ms: median / least | " + " | ".join(engine.name for engine in engines) + " |",
             "| --- " * (len(engines) + 1) + "|"]
    lines += [f"| {label} | " + " | ".join(cell(times, engine, metric) for engine in engines) + " |"
              for metric, label in STORED]
    return lines if engines else []


def parse_table(run, times):
    mega = os.path.getsize(run.data.csv) / 1e6
    lines = ["| CSV to typed columns | ms: median / least | MB/s |", "| --- | --- | --- |"]
    for engine in run.engines:
        median = times.median(engine.name, engine.threads, "parse")
        if median:
            least = times.least(engine.name, engine.threads, "parse")
            lines.append(f"| {describe(engine.name, engine.threads)} | {number(median)} / "
                         f"{number(least)} | {mega / median * 1000:.0f} |")
    return lines


def error_table(run):
    lines = ["| CV against the reference | largest relative error, CV ≥ 0.01 |", "| --- | --- |"]
    lines += [f"| {key} | {error:.1e} |" for key, error in run.cv_errors.items()]
    return lines


class Goals:
    """Rows of a table: what, goal, floor, got, and how it stands."""

    def __init__(self, times):
        self.times = times
        self.lines = ["| what | goal | floor | got | |", "| --- | --- | --- | --- | --- |"]

    def add(self, what, unit, goal, floor, got, is_small_good):
        if got is None:
            return
        met, passed = (got <= goal, got <= floor) if is_small_good else (got >= goal, got >= floor)
        stand = "reached" if met else "above the floor" if passed else "**missed**"
        sign = "≤" if is_small_good else "≥"
        self.lines.append(f"| {what} | {sign} {goal:g}{unit} | {sign} {floor:g}{unit} | "
                          f"{number(got)}{unit} | {stand} |")

    def ahead(self, metric, names, what, goal, floor):
        """How many times faster than the fastest of the engines."""
        mine, best = self.times.median("junheng", 1, metric), self.times.best(names, metric)
        if mine and best:
            self.add(f"{what}: ahead of the fastest ({best[1]})", " ×", goal, floor,
                     best[0] / mine, False)

    def behind_limit(self, metric, what, goal, floor):
        mine, limit = (self.times.median(name, 1, metric) for name in ("junheng", "limit"))
        if mine and limit:
            self.add(f"{what}: against limit, 1 thread each", " ×", goal, floor, mine / limit, True)


def stored_goals(goals, rows):
    def median(name, metric):
        return goals.times.median(name, 1, metric)

    def ratio(what, metric, name, peer, peer_metric, goal, floor, is_small_good):
        mine, other = median(name, metric), median(peer, peer_metric)
        if mine and other:
            goals.add(what, " ×", goal, floor, mine / other if is_small_good else other / mine,
                      is_small_good)

    for peer, goal in (("sqlite", 20), ("postgres", 50)):
        mine, best = median("junheng-memory", "journal"), goals.times.best([peer], "edit")
        if mine and best:
            goals.add(f"journalled edit, nothing synced: ahead of the edit of {peer}", " ×", goal,
                      goal / 2, best[0] / mine, False)
    for name in ("junheng-sqlite", "junheng-postgres"):
        taken = median(name, "import")
        if taken:
            goals.add(f"stored import, {name}", " rows/s", 150000, 150000, rows / taken * 1000, False)
    for name, peer in (("junheng-sqlite", "sqlite-full"), ("junheng-postgres", "postgres-full")):
        ratio(f"stored import: {name} ahead of {peer}", "import", name, peer, "import", 1, 1, False)
        if median(name, "open"):
            goals.add(f"open a stored nation, {name}", " ms", 25, 60, median(name, "open"), True)
        ratio(f"open: {name} ahead of rows of {peer}", "open", name, peer, "open", 20, 8, False)
        ratio(f"durable edit: {name} against a bare commit of {peer}", "journal", name, peer,
              "commit", 1.5, 2.5, True)
        ratio(f"durable edit: {name} ahead of {peer}", "journal", name, peer, "journal", 1, 1, False)
        if median(name, "years_replay"):
            goals.add(f"ten years of a prefecture from the journal, {name}", " ms", 1000, 1000,
                      median(name, "years_replay"), True)
            goals.add(f"durable edit there, p99, {name}", " ms", 5, 5,
                      median(name, "years_edit_p99"), True)


def goal_table(run, times):
    goals = Goals(times)
    mega = os.path.getsize(run.data.csv) / 1e6
    limit, numpy = times.median("limit", 1, "warm"), times.median("numpy", 1, "warm")
    if limit and numpy:
        goals.add("limit ahead of hand-arranged numpy, 1 thread each, warm", " ×", 10, 10,
                  numpy / limit, False)
    for metric, what in (("warm", "warm"), ("full", "warm, ratios kept")):
        goals.ahead(metric, DATABASES, what, 30, 20)
        goals.ahead(metric, ["numpy"], what, 6, 5)
        goals.behind_limit(metric, what, 2, 3)
    goals.ahead("cold", DATABASES, "cold", 6, 4)
    goals.behind_limit("cold", "cold", 2, 3)
    parse = times.median("junheng", 1, "parse")
    if parse:
        goals.add("CSV parse", " MB/s", 500, 300, mega / parse * 1000, False)
        goals.ahead("parse", ["duckdb"], "CSV parse", 4, 3)
    p99, drill = (times.median("junheng", 1, metric) for metric in ("edit_p99", "drill"))
    if p99 and drill:
        goals.add("edit, p99", " µs", 10, 50, p99 * 1000, True)
        goals.add("drill", " µs", 30, 100, drill * 1000, True)
        goals.ahead("drill", ["sqlite"], "drill", 100, 40)
        goals.ahead("drill", ["postgres"], "drill", 100, 40)
    stored_goals(goals, run.data.rows)
    if "junheng 1" in run.cv_errors:
        error = run.cv_errors["junheng 1"]
        stand = ("reached" if error <= 1e-12 else
                 "above the floor" if error <= 1e-10 else "**missed**")
        goals.lines.append(f"| CV error | ≤ 1e-12 | ≤ 1e-10 | {error:.1e} | {stand} |")
    return goals.lines


def first_match(pattern, path):
    try:
        with open(path) as file:
            found = re.search(pattern, file.read(), re.M)
    except OSError:
        return None
    return found and found.group(1)


def first_line(*command):
    try:
        return subprocess.run(command, capture_output=True, text=True).stdout.split("\n")[0]
    except OSError:
        return None


def machine():
    model = first_match(r"^model name\s*:\s*(.*)$", "/proc/cpuinfo") or platform.machine()
    flags = first_match(r"^flags\s*:\s*(.*)$", "/proc/cpuinfo") or ""
    vectors = next((name for name in ("avx512dq", "avx2") if name in flags.split()), "no AVX2")
    memory = int(first_match(r"^MemTotal:\s*(\d+)", "/proc/meminfo") or 0) / 2**20
    system = first_match(r'^PRETTY_NAME="?([^"\n]*)', "/etc/os-release") or platform.system()
    return (f"{model}, {os.cpu_count()} cores, {vectors}, {memory:.0f} GiB; {system}; "
            f"{first_line('gcc', '--version')}")


def make(run):
    times = Times(run)
    lines = [f"{run.data.rows:,} schools, {os.path.getsize(run.data.csv) / 1e6:.1f} MB of CSV, "
             f"{run.rounds} round{'s' if run.rounds > 1 else ''} in turns. {machine()}. Load {run.load_before:.2f} before, "
             f"{run.load:.2f} at most; rounds void and done once more: {run.void_rounds}."]
    if run.is_void:
        lines += ["", "**VOID: the load was above 3 in too many rounds.**"]
    if run.failures:
        lines += ["", "**FAILED:**", *(f"- {failure}" for failure in run.failures)]
    lines += ["", *time_table(run, times), "", *stored_table(run, times), "",
              *parse_table(run, times), "", *error_table(run)]
    if not run.is_quick and any(engine.name.startswith("junheng") for engine in run.engines):
        lines += ["", *goal_table(run, times)]
    return "\n".join(lines) + "\n"
