"""The lists of pupils in pandas: the three columns that count, the texts as categories."""
import argparse
import time

import pandas


def read_options():
    parser = argparse.ArgumentParser()
    for name in ("csv", "engine", "threads", "rounds"):
        parser.add_argument("--" + name)
    return parser.parse_args()


def main():
    options = read_options()
    for is_measured in (False, True):
        start = time.perf_counter()
        pupils = pandas.read_csv(options.csv, header=0, names=["school", "stage", "class"],
                                 usecols=[0, 1, 2], quoting=3, dtype={
                                     "school": "int64", "stage": "category", "class": "category"})
        loaded = time.perf_counter()
        sizes = pupils.groupby(["school", "stage", "class"], observed=True, sort=False).size()
        facts = sizes.groupby(level=[0, 1], observed=True, sort=False).agg(["sum", "count", "max"])
        summed = time.perf_counter()
    times = {"load": loaded - start, "sum": summed - loaded, "all": summed - start}
    for metric, seconds in times.items():
        print(f"result {options.engine} {metric} {options.threads} {seconds * 1e3:.6f} "
              f"{seconds * 1e3:.6f} 1")
    school = facts.index.get_level_values(0)
    mixed = (facts["sum"] * facts["max"] + facts["count"] * school % 1000003).sum()
    print(f"check {options.engine} students {options.threads} schools={len(facts)} "
          f"pupils={facts['sum'].sum()} classes={facts['count'].sum()} "
          f"largest={facts['max'].sum()} mixed={mixed}")


if __name__ == "__main__":
    main()
