"""Prints the SQL of the job for the databases, as sections that start with "-- name: NAME".
With the argument "unlogged" tables are made as PostgreSQL makes them without a log.

It keeps to what DuckDB, PostgreSQL and SQLite share. The plan is the best we know for all three: a
dense table per stage (stage0, stage1) with its limits as constants, one pass that aggregates per
county by the one-pass formula of the variance, and the few sums of the counties rolled up. Storing
the ratios in a slim table beside it is faster than aggregating from a table that holds all. Sections:

    columns      the columns of table facts, "name type" one a line
    stored       the same where schools have runners and names
    view0 view1  a stage selected from facts: what the cold run judges
    nation       all regions, from stage0 and stage1
    keep0 keep1  stores the ratios of a stage in a table: a part of the full run
    county       the counties with codes $1 to $2
    update0_k …  sets number k of a stage: value $1, county $2, school $3

The results are region, stage, evaluated, ok, pupils, qualified and the seven CV, as in a dump.
"""
import sys

from harness import COLUMNS, CV_LIMIT, FACTOR, FLOOR, ITEMS, LIMIT, PREFIX, TYPES

K = range(7)
NUMBERS = ["p", *(f"x{k}" for k in K)]
SUMS = ["n", "ok", "pupils", *(f"{f}{k}" for f in "waq" for k in K)]
COUNTS = ("n", "ok")


def comma(parts):
    return ", ".join(parts)


def ratio(k):
    return f"100 * x{k} / p" if FACTOR[k] == 100 else f"x{k} / p"


def view(s):
    columns = comma(f"{PREFIX[s]}{item} AS {name}" for item, name in zip(ITEMS, NUMBERS))
    types = comma(map(str, TYPES[s]))
    return f"SELECT school, county, {columns} FROM facts WHERE type IN ({types})"


def keep(s, table):
    ratios = comma(f"{ratio(k)} AS r{k}" for k in K)
    return f"CREATE {table} kept{s} AS SELECT school, {ratios} FROM stage{s} WHERE p > 0"


def leaf(s, where):
    """Sums per county. All seven must be near, so met is only counted where they are."""
    near = " AND ".join(f"{ratio(k)} >= {FLOOR[s][k]}" for k in K)
    met = " + ".join(f"CASE WHEN {ratio(k)} >= {LIMIT[s][k]} THEN 1 ELSE 0 END" for k in K)
    sums = ["count(*) AS n", f"sum(CASE WHEN {near} AND {met} >= 6 THEN 1 ELSE 0 END) AS ok",
            "sum(p) AS pupils"]
    sums += [f"sum(CASE WHEN x{k} IS NOT NULL THEN p END) AS w{k}" for k in K]
    sums += [f"sum(x{k}) AS a{k}" for k in K]
    sums += [f"sum(x{k} * x{k} / p) AS q{k}" for k in K]
    return (f"SELECT county AS region, {s} AS stage, {comma(sums)}\n"
            f"  FROM stage{s} WHERE p > 0{where} GROUP BY county")


def level(name, child, unit):
    code = f"region - region % {unit}" if unit else "0"
    sums = comma(f"CAST(sum({c}) AS BIGINT) AS {c}" if c in COUNTS else f"sum({c}) AS {c}"
                 for c in SUMS)
    group = f"{code}, stage" if unit else "stage"
    return (f"{name} AS MATERIALIZED (SELECT {code} AS region, stage, {sums}\n"
            f"  FROM {child} GROUP BY {group})")


def job(where="", rolls_up=True):
    names = comma(SUMS)
    leaves = "\n UNION ALL ".join(leaf(s, where) for s in (0, 1))
    parts = [f"leaf AS MATERIALIZED ({leaves})"]
    tables = ["leaf"]
    if rolls_up:
        parts += [level("prefecture", "leaf", 100), level("province", "prefecture", 10000),
                  level("nation", "province", 0)]
        tables += ["prefecture", "province", "nation"]
    every = " UNION ALL ".join(f"SELECT region, stage, {names} FROM {t}" for t in tables)
    parts.append(f"every AS ({every})")
    # A square below 1 is a rounding error of a CV of 0.
    cvs = comma(f"CASE WHEN w{k} > 0 AND a{k} > 0 THEN CASE WHEN q{k} * w{k} / (a{k} * a{k}) > 1"
                f" THEN sqrt(q{k} * w{k} / (a{k} * a{k}) - 1) ELSE 0 END END AS cv{k}" for k in K)
    parts.append(f"judged AS MATERIALIZED (SELECT region, stage, n, ok, pupils, {cvs} FROM every)")
    limit = f"CASE stage WHEN 0 THEN {CV_LIMIT[0]} ELSE {CV_LIMIT[1]} END"
    small = " AND ".join(f"cv{k} <= {limit}" for k in K)
    parts.append("passed AS MATERIALIZED (SELECT region, min(CASE WHEN ok = n AND " + small +
                 " THEN 1 ELSE 0 END) AS q\n  FROM judged WHERE region % 100 <> 0 GROUP BY region)")
    counts = ["SELECT region, q FROM passed"]
    if rolls_up:
        counts += [f"SELECT region - region % {unit}, sum(q) FROM passed GROUP BY 1"
                   for unit in (100, 10000)]
        counts.append("SELECT 0, sum(q) FROM passed")
    parts.append("counted AS (" + " UNION ALL ".join(counts) + ")")
    return ("WITH " + ",\n".join(parts) + "\nSELECT judged.region, stage, CAST(n AS BIGINT),"
            " CAST(ok AS BIGINT), pupils, CAST(q AS BIGINT), " + comma(f"cv{k}" for k in K) +
            "\n  FROM judged JOIN counted ON counted.region = judged.region"
            "\n ORDER BY judged.region, stage")


def facts_columns():
    return "\n".join(["school BIGINT", "county INTEGER", "type INTEGER",
                      *(f"{name} DOUBLE PRECISION" for name in COLUMNS[3:])])


def stored_columns():
    lines = facts_columns().split("\n")
    return ",\n".join([*lines[:3], "runner INTEGER", "name TEXT", *lines[3:]])


def section(name, text):
    print(f"-- name: {name}\n{text}\n")


def main():
    table = "UNLOGGED TABLE" if "unlogged" in sys.argv else "TABLE"
    section("columns", facts_columns())
    section("stored", stored_columns())
    for s in (0, 1):
        section(f"view{s}", view(s))
        section(f"keep{s}", keep(s, table))
        for number, name in enumerate(NUMBERS):
            section(f"update{s}_{number}",
                    f"UPDATE stage{s} SET {name} = $1 WHERE county = $2 AND school = $3")
    section("nation", job())
    section("county", job(" AND county BETWEEN $1 AND $2", rolls_up=False))


if __name__ == "__main__":
    main()
