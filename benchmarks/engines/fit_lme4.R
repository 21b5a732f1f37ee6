# lme4: REML with lmer's own settings, predictions without their errors.
# Usage: Rscript fit_lme4.R NETWORK ANSWER
suppressPackageStartupMessages(library(lme4))
folder <- commandArgs(trailingOnly = TRUE)
read_codes <- function(name) {
  path <- file.path(folder[1], name)
  factor(readBin(path, "integer", n = file.size(path) / 4, size = 4))
}
path <- file.path(folder[1], "points.f8")
forms <- data.frame(points = readBin(path, "double", n = file.size(path) / 8),
                    employee = read_codes("employee.i4"), rater = read_codes("rater.i4"),
                    source = read_codes("source.i4"))
means <- if (nlevels(forms$source) > 1) "0 + source" else "1"
formula <- as.formula(paste("points ~", means, "+ (1 | employee) + (1 | rater)"))

spent <- function() sum(proc.time()[1:2])
started <- spent()
fit <- lmer(formula, forms, REML = TRUE)
effects <- ranef(fit, condVar = FALSE)
seconds <- spent() - started

dir.create(folder[2], recursive = TRUE, showWarnings = FALSE)
write_doubles <- function(values, name) writeBin(as.double(values), file.path(folder[2], name))
write_doubles(effects$employee[levels(forms$employee), 1], "employee.f8")
write_doubles(effects$rater[levels(forms$rater), 1], "rater.f8")
write_doubles(fixef(fit), "source.f8")
variances <- as.data.frame(VarCorr(fit))
status <- readLines("/proc/self/status")
peak <- as.numeric(gsub("\\D", "", status[startsWith(status, "VmHWM")])) / 1024
facts <- c(seconds = seconds, mebibytes = peak, criterion = REMLcrit(fit),
           intercept_se = sqrt(vcov(fit)[1, 1]),
           setNames(variances$vcov, paste0("variance:", tolower(variances$grp))))
lines <- c(paste("version", paste("lme4", packageVersion("lme4")), sep = "\t"),
           paste(names(facts), format(facts, digits = 15, trim = TRUE), sep = "\t"))
writeLines(lines, file.path(folder[2], "facts.tsv"))
