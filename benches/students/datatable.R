# The lists of pupils in data.table: fread takes the three columns that count.
suppressPackageStartupMessages(library(data.table))

words <- commandArgs(trailingOnly = TRUE)
option <- setNames(words[c(FALSE, TRUE)], sub("^--", "", words[c(TRUE, FALSE)]))
threads <- as.integer(option[["threads"]])
setDTthreads(threads)

timed <- function(run) {
    start <- proc.time()[["elapsed"]]
    value <- run()
    list(ms = (proc.time()[["elapsed"]] - start) * 1e3, value = value)
}
result <- function(metric, ms) {
    cat(sprintf("result %s %s %d %.6f %.6f 1\n", option[["engine"]], metric, threads, ms, ms))
}

for (is_measured in c(FALSE, TRUE)) {
    load <- timed(function() fread(option[["csv"]], select = c(1L, 2L, 3L), quote = "",
        colClasses = c("numeric", "character", "character", "character", "character"),
        col.names = c("school", "stage", "class"), encoding = "UTF-8", showProgress = FALSE))
    pupils <- load$value
    sum <- timed(function() pupils[, .(n = .N), by = .(school, stage, class)][
        , .(pupils = sum(n), classes = .N, largest = max(n)), by = .(school, stage)])
    if (is_measured) {
        result("load", load$ms)
        result("sum", sum$ms)
        result("all", load$ms + sum$ms)
        facts <- sum$value
        cat(sprintf("check %s students %d schools=%d pupils=%.0f classes=%.0f largest=%.0f mixed=%.0f\n",
            option[["engine"]], threads, nrow(facts), sum(facts$pupils), sum(facts$classes),
            sum(facts$largest), sum(as.numeric(facts$pupils) * facts$largest +
                (facts$classes * facts$school) %% 1000003)))
    }
    rm(load, pupils, sum)
    invisible(gc())
}
