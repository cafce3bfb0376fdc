"""What the engines of the bench written in Python share; ../harness.h is the same for C."""
import argparse
import math
import statistics
import time

CHECKED_EDITS = 100
CHECKED_DRILLS = 20
ITEMS = ["students", "above", "backbone", "peart", "media", "teach_area", "sport_area", "equip"]
FACTOR = [100, 100, 100, 100, 1, 1, 1]
PREFIX = ["p_", "j_"]
TYPES = [(1, 3), (2, 3, 4)]
LIMIT = [[4.2, 1, 0.9, 2.3, 4.5, 7.5, 2000], [5.3, 1, 0.9, 2.4, 5.8, 10.2, 2500]]
FLOOR = [[3.57, 0.85, 0.765, 1.955, 3.825, 6.375, 1700],
         [4.505, 0.85, 0.765, 2.04, 4.93, 8.67, 2125]]
CV_LIMIT = [0.50, 0.45]
OTHERS = [f"f{i:02d}" for i in range(1, 25)]
# The columns of the file, whose header has other names: those of the program.
COLUMNS = ["school", "county", "type", *(prefix + item for prefix in PREFIX for item in ITEMS),
           *OTHERS]
PARENTS = [100, 10000, 1000000]  # region // n * n: the prefecture, the province, the nation


def options():
    parser = argparse.ArgumentParser()
    for name in ("engine", "csv", "edits", "drills", "dump"):
        parser.add_argument("--" + name)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--mode", default="all")
    return parser.parse_args()


class Bench:
    """Runs, times and prints under the name and options of one engine."""

    def __init__(self, engine, args):
        self.engine, self.args = engine, args

    def wants(self, mode):
        return self.args.mode in (mode, "all")

    def result(self, metric, ms):
        print("result", self.engine, metric, self.args.threads,
              f"{statistics.median(ms):.6f} {min(ms):.6f} {len(ms)}", flush=True)

    def check(self, what, check):
        print(f"check {self.engine} {what} {self.args.threads} ok={check[0]} evaluated={check[1]} "
              f"qualified={check[2]} cvsum={check[3]:.12g}", flush=True)

    def timed(self, run):
        """Repeats run after one unmeasured time: its milliseconds and its last result."""
        run()
        ms = []
        for _ in range(self.args.rounds):
            start = time.perf_counter()
            got = run()
            ms.append((time.perf_counter() - start) * 1e3)
        return ms, got

    def tasks(self, metric, tasks, run):
        """Times run(task) on each task; run returns rows of counties. Prints result and check."""
        ms, sums = [], [0, 0, 0, 0.0]
        for task in tasks:
            start = time.perf_counter()
            rows = run(task)
            ms.append((time.perf_counter() - start) * 1e3)
            for i, value in enumerate(check_rows(rows)):
                sums[i] += value
        self.result(metric, ms)
        if metric == "edit":
            p99 = sorted(ms)[len(ms) - 1 - len(ms) // 100]
            print(f"result {self.engine} edit_p99 {self.args.threads} {p99:.6f} {p99:.6f}",
                  len(ms), flush=True)
        self.check(metric, sums)


def check_rows(rows):
    """(ok, evaluated, qualified, sum of CV) of the rows (region, stage, evaluated, ok, pupils,
    qualified, seven CV) that belong to counties."""
    counties = [row for row in rows if row[0] % 100]
    return (sum(row[3] for row in counties), sum(row[2] for row in counties),
            sum({row[0]: row[5] for row in counties}.values()),
            math.fsum(cv for row in counties for cv in row[6:] if cv == cv))


def dump(path, rows):
    with open(path, "w") as file:
        file.write("region,stage,evaluated,ok,pupils,qualified,")
        file.write(",".join("cv_" + item for item in ITEMS[1:]) + "\n")
        for row in rows:
            cvs = ("" if cv != cv else repr(float(cv)) for cv in row[6:])
            file.write(",".join([*(f"{value:.0f}" for value in row[:6]), *cvs]) + "\n")


def read_edits(path):
    """(school, county, stage, item, value) of the edits that the check covers."""
    edits = []
    with open(path) as file:
        for line in file.read().splitlines()[:CHECKED_EDITS]:
            school, county, column, value = line.split(",")
            edits.append((int(school), int(county), PREFIX.index(column[:2]),
                          ITEMS.index(column[2:]), float(value) if value else math.nan))
    return edits


def read_drills(path):
    with open(path) as file:
        return [int(line) for line in file.read().split()[:CHECKED_DRILLS]]
