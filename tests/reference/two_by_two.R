# Two-sided mid-p of Fisher's test by dhyper, Fisher's own p, and power by normal formula.
midp <- function(x1, n1, x0, n0) {
  m <- x1 + x0
  k <- max(0, m - n0):min(n1, m)
  p <- dhyper(k, n1, n0, m)
  here <- dhyper(x1, n1, n0, m)
  same <- abs(p / here - 1) <= 1e-7
  sum(p[p < here & !same]) + sum(p[same]) / 2
}
tables <- list(
  teal = c(26, 48, 206, 259),
  ricci_captain_black = c(3, 8, 16, 25),
  ricci_lieutenant_black = c(6, 19, 25, 43),
  ricci_lieutenant_hispanic = c(3, 15, 25, 43),
  tea = c(3, 4, 1, 4),
  berkeley = c(557, 1835, 1198, 2691)
)
cat(R.version.string, "\n")
for (name in names(tables)) {
  t <- tables[[name]]
  m <- matrix(c(t[1], t[2] - t[1], t[3], t[4] - t[3]), 2)
  fisher <- fisher.test(m)$p.value
  chi <- suppressWarnings(chisq.test(m, correct = FALSE))
  yates <- suppressWarnings(chisq.test(m, correct = TRUE))
  z <- sign(t[1] / t[2] - t[3] / t[4]) * sqrt(unname(chi$statistic))
  cat(sprintf("%s midp %.12g fisher %.12g z %.12g chi %.12g yates %.12g\n",
    name, midp(t[1], t[2], t[3], t[4]), fisher, z, chi$p.value, yates$p.value))
}
p <- c(0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344,
  0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000)
cat("bh", sprintf("%.10g", p.adjust(p, "BH")), "\n")
d <- as.data.frame(UCBAdmissions)
cat("berkeley admitted", tapply(d$Freq[d$Admit == "Admitted"], d$Gender[d$Admit == "Admitted"], sum),
  "all", tapply(d$Freq, d$Gender, sum), "\n")
