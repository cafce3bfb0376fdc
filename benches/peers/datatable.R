# The job in data.table. ../harness.h describes the lines printed; README.md the command line.
suppressPackageStartupMessages(library(data.table))

CHECKED_EDITS <- 100
CHECKED_DRILLS <- 20
ITEMS <- c("students", "above", "backbone", "peart", "media", "teach_area", "sport_area", "equip")
PREFIX <- c("p_", "j_")
TYPES <- list(c(1, 3), c(2, 3, 4))
FACTOR <- c(100, 100, 100, 100, 1, 1, 1)
LIMIT <- list(c(4.2, 1, 0.9, 2.3, 4.5, 7.5, 2000), c(5.3, 1, 0.9, 2.4, 5.8, 10.2, 2500))
FLOOR <- list(c(3.57, 0.85, 0.765, 1.955, 3.825, 6.375, 1700),
              c(4.505, 0.85, 0.765, 2.04, 4.93, 8.67, 2125))
CV_LIMIT <- c(0.50, 0.45)
COLUMNS <- c("school", "county", "type", paste0("p_", ITEMS), paste0("j_", ITEMS),
             sprintf("f%02d", 1:24))
K <- 1:7
CVS <- paste0("cv_", ITEMS[-1])
SUMS <- c("evaluated", "ok", "pupils", paste0("w", K), paste0("a", K), paste0("q", K))

read_options <- function() {
    args <- commandArgs(trailingOnly = TRUE)
    options <- list(engine = "data.table", threads = "1", rounds = "5", mode = "all")
    for (i in seq(1, length(args), 2)) options[[sub("^--", "", args[i])]] <- args[i + 1]
    options
}
options <- read_options()
setDTthreads(as.integer(options$threads))

wants <- function(mode) options$mode %in% c(mode, "all")

now <- function() as.numeric(Sys.time()) * 1e3

# Sys.time has microseconds, which is enough for what takes milliseconds.
timed <- function(run) {
    start <- now()
    value <- run()
    list(ms = now() - start, value = value)
}

result <- function(metric, ms) {
    cat(sprintf("result %s %s %s %.6f %.6f %d\n", options$engine, metric, options$threads,
                median(ms), min(ms), length(ms)))
}

# Times run after one unmeasured time.
measure <- function(run, metrics) {
    run()
    ms <- numeric(0)
    for (i in seq_len(as.integer(options$rounds))) {
        once <- timed(run)
        ms <- c(ms, once$ms)
    }
    for (metric in metrics) result(metric, ms)
    once$value
}

check_of <- function(rows) {
    counties <- rows[region %% 100 != 0]
    qualified <- unique(counties, by = "region")$qualified
    c(sum(counties$ok), sum(counties$evaluated), sum(qualified),
      sum(as.matrix(counties[, ..CVS]), na.rm = TRUE))
}

check <- function(what, sums) {
    cat(sprintf("check %s %s %s ok=%d evaluated=%d qualified=%d cvsum=%.12g\n", options$engine,
                what, options$threads, as.integer(sums[1]), as.integer(sums[2]),
                as.integer(sums[3]), sums[4]))
}

read_facts <- function() {
    fread(options$csv, skip = 1, header = FALSE, col.names = COLUMNS, sep = ",", quote = "",
          colClasses = c("numeric", "integer", "integer", rep("numeric", length(COLUMNS) - 3)))
}

# The school-stages of one stage, sorted by county, with a key.
stage_of <- function(facts, s) {
    columns <- c("school", "county", paste0(PREFIX[s], ITEMS))
    rows <- facts[type %in% TYPES[[s]], ..columns]
    setnames(rows, c("school", "county", "p", paste0("x", K)))
    setkey(rows, county, school)
    rows
}

# The sums of the counties of one stage; every ratio is kept in r1 to r7 while they are made.
sums_of <- function(rows, s) {
    rows <- rows[p > 0]
    if (nrow(rows) == 0) return(NULL)
    p <- rows$p
    met <- near <- integer(length(p))
    values <- list(evaluated = rep(1, length(p)), ok = NULL, pupils = p)
    ratios <- lapply(K, function(k) FACTOR[k] * rows[[paste0("x", k)]] / p)
    for (k in K) {
        r <- ratios[[k]]
        met <- met + (!is.na(r) & r >= LIMIT[[s]][k])
        near <- near + (!is.na(r) & r >= FLOOR[[s]][k])
    }
    values$ok <- as.numeric(met >= 6 & near == 7)
    for (k in K) values[[paste0("w", k)]] <- fifelse(is.na(ratios[[k]]), 0, p)
    for (k in K) values[[paste0("a", k)]] <- rows[[paste0("x", k)]]
    for (k in K) values[[paste0("q", k)]] <- rows[[paste0("x", k)]] * ratios[[k]] / FACTOR[k]
    setDT(values)
    values[, region := rows$county]
    sums <- values[, lapply(.SD, sum, na.rm = TRUE), keyby = region, .SDcols = SUMS]
    sums[, stage := s - 1L]
    sums
}

parent_sums <- function(sums, unit) {
    sums[, lapply(.SD, sum), by = .(region = as.integer(region %/% unit * unit), stage),
         .SDcols = SUMS]
}

with_cv <- function(sums) {
    for (k in K) {
        w <- sums[[paste0("w", k)]]
        a <- sums[[paste0("a", k)]]
        square <- sums[[paste0("q", k)]] * w / (a * a) - 1
        cv <- sqrt(pmax(square, 0))
        set(sums, j = CVS[k], value = fifelse(w > 0 & a > 0, cv, NA_real_))
    }
    sums
}

assemble <- function(counties, rolls_up) {
    levels <- list(counties)
    if (rolls_up) {
        for (unit in c(100, 10000, 1000000))
            levels[[length(levels) + 1]] <- parent_sums(levels[[length(levels)]], unit)
    }
    rows <- with_cv(rbindlist(levels, use.names = TRUE))
    small <- Reduce(`&`, lapply(CVS, function(cv) !is.na(rows[[cv]]) &
                                             rows[[cv]] <= CV_LIMIT[rows$stage + 1]))
    rows[, good := small & ok == evaluated]
    passed <- rows[region %% 100 != 0, .(qualified = as.integer(all(good))), by = region]
    counts <- list(passed)
    if (rolls_up) {
        for (unit in c(100, 10000, 1000000))
            counts[[length(counts) + 1]] <-
                passed[, .(qualified = sum(qualified)),
                       by = .(region = as.integer(region %/% unit * unit))]
    }
    rows[rbindlist(counts), qualified := i.qualified, on = "region"]
    rows
}

judge <- function(stages, rolls_up = TRUE) {
    assemble(rbindlist(lapply(1:2, function(s) sums_of(stages[[s]], s))), rolls_up)
}

slice <- function(stages, first, last) {
    judge(lapply(stages, function(rows) rows[.(first:last), nomatch = NULL, on = "county"]), FALSE)
}

measure_tasks <- function(metric, tasks, run) {
    sums <- numeric(4)
    ms <- numeric(0)
    for (task in tasks) {
        once <- timed(function() run(task))
        ms <- c(ms, once$ms)
        sums <- sums + check_of(once$value)
    }
    result(metric, ms)
    if (metric == "edit") result("edit_p99", sort(ms)[length(ms) - length(ms) %/% 100])
    check(metric, sums)
}

edit <- function(stages, line) {
    task <- strsplit(paste0(line, " "), ",")[[1]]
    s <- match(substr(task[3], 1, 2), PREFIX)
    column <- c("p", paste0("x", K))[match(substring(task[3], 3), ITEMS)]
    code <- as.integer(task[2])
    rows <- stages[[s]]
    at <- rows[.(code, as.numeric(task[1])), which = TRUE]
    set(rows, at, column, as.numeric(trimws(task[4])))
    slice(stages, code, code)
}

cold <- function() {
    facts <- read_facts()
    judge(lapply(1:2, function(s) stage_of(facts, s)))
}

main <- function() {
    if (wants("parse")) measure(read_facts, "parse")
    if (wants("cold")) {
        cold()
        result("cold", timed(cold)$ms)
    }
    facts <- read_facts()
    stages <- lapply(1:2, function(s) stage_of(facts, s))
    rows <- if (wants("warm") || wants("full")) measure(function() judge(stages), c("warm", "full"))
            else judge(stages)
    check("nation", check_of(rows))
    if (!is.null(options$dump))
        fwrite(rows[order(region, stage),
                    c("region", "stage", "evaluated", "ok", "pupils", "qualified", CVS),
                    with = FALSE], options$dump)
    if (!is.null(options$edits) && wants("edit"))
        measure_tasks("edit", head(readLines(options$edits), CHECKED_EDITS),
                      function(line) edit(stages, line))
    if (!is.null(options$drills) && wants("drill"))
        measure_tasks("drill", head(as.integer(readLines(options$drills)), CHECKED_DRILLS),
                      function(code) slice(stages, code, code + 99L))
}

main()
