"""The job in numpy on arrays arranged by hand (--engine numpy), and in pandas (--engine pandas).

numpy: one array per number, the school-stages of a county next to each other, every temporary
allocated once; the fastest we know without another compiler. Reading the CSV is left to pandas,
so numpy has no cold figure. pandas: a frame per stage sorted by county, sums by groupby. Both keep
the ratios anyway, so their figures with and without them are the same.
"""
import time

import numpy as np
import pandas as pd

import harness
from harness import COLUMNS, CV_LIMIT, FACTOR, FLOOR, ITEMS, LIMIT, PARENTS, PREFIX, TYPES

np.seterr(all="ignore")
FACTORS = np.array(FACTOR, dtype=float)[:, None]
SUMS = ["evaluated", "ok", "pupils", *(f + str(k) for f in "waq" for k in range(7))]


def read(path):
    types = {name: "int64" if name in COLUMNS[:3] else "float64" for name in COLUMNS}
    return pd.read_csv(path, names=COLUMNS, header=0, dtype=types)


def cv_of(w, a, q):
    """From the sums of p, x and 100 x*x/p or x*x/p; null where there is nothing to divide by."""
    square = q / FACTORS * w / (a * a) - 1
    return np.where((w > 0) & (a > 0), np.sqrt(np.maximum(square, 0)), np.nan)


def starts_of(keys):
    """Where each run of equal keys begins, and the key."""
    starts = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1])))
    return starts, keys[starts]


def assemble(stages, levels):
    """Rows of regions: qualified is a matter of both stages, and counted above the county.

    stages: for each stage a list by level of (codes, sums as an array of len(SUMS) rows, cv)."""
    passes = {}
    for s, by_level in enumerate(stages):
        codes, sums, cv = by_level[0]
        good = (sums[0] == sums[1]) & (cv <= CV_LIMIT[s]).all(axis=0)
        for code, is_good, count in zip(codes.tolist(), good.tolist(), sums[0].tolist()):
            if count > 0:
                passes[code] = passes.get(code, True) and is_good
    counties = np.fromiter(passes, dtype=np.int64, count=len(passes))
    qualified = np.fromiter(passes.values(), dtype=np.int64, count=len(passes))
    counts = dict(zip(counties.tolist(), qualified.tolist()))
    for parent in PARENTS[:levels - 1]:
        for code, one in zip((counties // parent * parent).tolist(), qualified.tolist()):
            counts[code] = counts.get(code, 0) + one
    return counts


def rows_of(stages, counts):
    rows = []
    for s, by_level in enumerate(stages):
        for codes, sums, cv in by_level:
            table = zip(codes.tolist(), sums[0].tolist(), sums[1].tolist(), sums[2].tolist(),
                        cv.T.tolist())
            rows += [(code, s, int(n), int(ok), pupils, counts[code], *cvs)
                     for code, n, ok, pupils, cvs in table if n > 0]
    return sorted(rows)


class Arrays:
    """One stage: p, the seven x and room for what is computed from them, sorted by county."""

    def __init__(self, facts, stage):
        rows = facts[facts["type"].isin(TYPES[stage])].sort_values(["county", "school"])
        self.school, self.county = rows["school"].to_numpy(), rows["county"].to_numpy()
        values = [rows[PREFIX[stage] + item].to_numpy() for item in ITEMS]
        self.p, self.x = np.ascontiguousarray(values[0]), np.ascontiguousarray(values[1:])
        self.limit = np.array(LIMIT[stage], dtype=float)[:, None]
        self.floor = np.array(FLOOR[stage], dtype=float)[:, None]
        self.r, self.w, self.a, self.q = (np.empty_like(self.x) for _ in range(4))
        self.absent, self.reached = (np.empty(self.x.shape, dtype=bool) for _ in range(2))

    def judge(self, lo, hi):
        """The codes of the counties in rows lo to hi and their sums, in the order of SUMS."""
        p, x = self.p[lo:hi], self.x[:, lo:hi]
        r, w, a, q = (all_[:, lo:hi] for all_ in (self.r, self.w, self.a, self.q))
        absent, reached = self.absent[:, lo:hi], self.reached[:, lo:hi]
        starts, codes = starts_of(self.county[lo:hi])
        evaluated = p > 0
        np.multiply(x[:4], 100, out=r[:4])
        np.divide(r[:4], p, out=r[:4])
        np.divide(x[4:], p, out=r[4:])
        np.greater_equal(r, self.limit, out=reached)
        ok = reached.sum(axis=0, dtype=np.int8) >= 6
        np.greater_equal(r, self.floor, out=reached)
        ok &= reached.all(axis=0)
        ok &= evaluated
        np.not_equal(r, r, out=absent)
        absent |= ~evaluated
        np.copyto(w, p)
        np.copyto(a, x)
        np.multiply(x, r, out=q)
        for values in (w, a, q):
            np.copyto(values, 0, where=absent)
        sums = np.empty((len(SUMS), len(starts)))
        sums[0] = np.add.reduceat(evaluated.astype(np.int64), starts)
        sums[1] = np.add.reduceat(ok.astype(np.int64), starts)
        sums[2] = np.add.reduceat(np.where(evaluated, p, 0), starts)
        for first, values in ((3, w), (10, a), (17, q)):
            np.add.reduceat(values, starts, axis=1, out=sums[first:first + 7])
        return codes, sums


def with_cv(codes, sums):
    return codes, sums, cv_of(sums[3:10], sums[10:17], sums[17:24])


def roll_up(codes, sums):
    """The levels from the county to the nation."""
    levels = [with_cv(codes, sums)]
    for parent in PARENTS:
        starts, codes = starts_of(codes // parent * parent)
        sums = np.add.reduceat(sums, starts, axis=1)
        levels.append(with_cv(codes, sums))
    return levels


def run_numpy(args):
    bench = harness.Bench("numpy", args)
    facts = read(args.csv)
    stages = [Arrays(facts, s) for s in (0, 1)]

    def nation():
        judged = [roll_up(*arrays.judge(0, len(arrays.p))) for arrays in stages]
        return judged, assemble(judged, 4)

    def slice_of(first, last):
        judged = []
        for arrays in stages:
            lo, hi = np.searchsorted(arrays.county, (first, last + 1))
            if hi > lo:
                judged.append([with_cv(*arrays.judge(lo, hi))])
            else:
                judged.append([(np.empty(0, dtype=np.int64), np.empty((24, 0)), np.empty((7, 0)))])
        return rows_of(judged, assemble(judged, 1))

    def edit(task):
        school, county, s, item, value = task
        arrays = stages[s]
        lo, hi = np.searchsorted(arrays.county, (county, county + 1))
        row = lo + np.searchsorted(arrays.school[lo:hi], school)
        target = arrays.p if item == 0 else arrays.x[item - 1]
        target[row] = value
        return slice_of(county, county)

    if bench.wants("full") or bench.wants("warm"):
        ms, judged = bench.timed(nation)
        for metric in ("warm", "full"):
            bench.result(metric, ms)
        rows = rows_of(*judged)
        bench.check("nation", harness.check_rows(rows))
        if args.dump:
            harness.dump(args.dump, rows)
    run_tasks(bench, edit, slice_of)


def run_tasks(bench, edit, slice_of):
    args = bench.args
    if args.edits and bench.wants("edit"):
        bench.tasks("edit", harness.read_edits(args.edits), edit)
    if args.drills and bench.wants("drill"):
        bench.tasks("drill", harness.read_drills(args.drills),
                    lambda code: slice_of(code, code + 99))


def frame_of(facts, s):
    """The school-stages of one stage with the students as p and the rest as x0 to x6."""
    names = {PREFIX[s] + item: "p" if k == 0 else f"x{k - 1}" for k, item in enumerate(ITEMS)}
    rows = facts[facts["type"].isin(TYPES[s])]
    rows = rows[["school", "county", *names]].rename(columns=names)
    return rows.sort_values(["county", "school"], ignore_index=True)


def judge_frame(frame, s):
    """Codes and sums of the counties of the frame, and the ratios, which stay with the caller."""
    rows = frame[frame["p"] > 0]
    p = rows["p"]
    ratios = {f"r{k}": (rows[f"x{k}"] if FACTOR[k] == 1 else FACTOR[k] * rows[f"x{k}"]) / p
              for k in range(7)}
    met = sum((ratios[f"r{k}"] >= LIMIT[s][k]).astype("int8") for k in range(7))
    near = sum((ratios[f"r{k}"] >= FLOOR[s][k]).astype("int8") for k in range(7))
    values = {"evaluated": np.ones(len(rows)), "ok": ((met >= 6) & (near == 7)).astype(float),
              "pupils": p}
    for k in range(7):
        values[f"w{k}"] = p.where(rows[f"x{k}"].notna(), 0)
    for k in range(7):
        values[f"a{k}"] = rows[f"x{k}"]
    for k in range(7):
        values[f"q{k}"] = rows[f"x{k}"] * ratios[f"r{k}"]
    sums = pd.DataFrame(values).groupby(rows["county"], sort=False).sum()
    return sums.index.to_numpy(), sums.to_numpy().T, pd.DataFrame(ratios)


def run_pandas(args):
    bench = harness.Bench("pandas", args)

    def judge_all(frames):
        kept, judged = [], []
        for s, frame in enumerate(frames):
            codes, sums, ratios = judge_frame(frame, s)
            kept.append(ratios)
            judged.append(roll_up(codes, sums))
        return judged, assemble(judged, 4), kept

    def cold():
        return judge_all([frame_of(facts, s) for facts in [read(args.csv)] for s in (0, 1)])

    if bench.wants("parse"):
        bench.result("parse", bench.timed(lambda: read(args.csv))[0])
    if bench.wants("cold"):
        cold()
        start = time.perf_counter()
        cold()
        bench.result("cold", [(time.perf_counter() - start) * 1e3])
    facts = read(args.csv)
    frames = [frame_of(facts, s) for s in (0, 1)]

    def slice_of(first, last):
        judged = []
        for s, frame in enumerate(frames):
            lo, hi = np.searchsorted(frame["county"].to_numpy(), (first, last + 1))
            codes, sums, _ = judge_frame(frame.iloc[lo:hi], s)
            judged.append([with_cv(codes, sums)])
        return rows_of(judged, assemble(judged, 1))

    def edit(task):
        school, county, s, item, value = task
        frame = frames[s]
        lo, hi = np.searchsorted(frame["county"].to_numpy(), (county, county + 1))
        row = lo + np.searchsorted(frame["school"].to_numpy()[lo:hi], school)
        frame.iat[row, 2 + item] = value
        return slice_of(county, county)

    if bench.wants("full") or bench.wants("warm"):
        ms, (judged, counts, _) = bench.timed(lambda: judge_all(frames))
        for metric in ("warm", "full"):
            bench.result(metric, ms)
        rows = rows_of(judged, counts)
        bench.check("nation", harness.check_rows(rows))
        if args.dump:
            harness.dump(args.dump, rows)
    run_tasks(bench, edit, slice_of)


if __name__ == "__main__":
    ARGS = harness.options()
    run_pandas(ARGS) if ARGS.engine == "pandas" else run_numpy(ARGS)
