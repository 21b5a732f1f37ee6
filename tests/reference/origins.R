# Prints the figures quoted in tests/audit/test_criteria.py and test_origins.py
# (R 4.2.2). Output: origins.txt.
options(digits = 12)

# Mantel's test: mean and variance of the group's sum over all deals within each stratum.
marks <- data.frame(
  stratum = c(1,1,1,1,1,1, 2,2,2,2,2, 3,3,3,3,3,3,3),
  group   = c(1,1,0,0,0,1, 1,0,0,1,0, 1,1,1,0,0,0,0),
  mark    = c(1,2,2,3,3,2, 2,3,4,3,3, 3,3,4,4,5,4,5))
deals <- lapply(split(marks, marks$stratum), function(one) {
  sums <- combn(nrow(one), sum(one$group), function(i) sum(one$mark[i]))
  c(seen = sum(one$mark[one$group == 1]), mean = mean(sums), variance = mean((sums - mean(sums))^2))
})
deals <- Reduce(`+`, deals)
chi2 <- unname((deals["seen"] - deals["mean"])^2 / deals["variance"])
cat("mantel chi2", chi2, "p", pchisq(chi2, 1, lower.tail = FALSE), "\n")
w <- table(marks$stratum[marks$group == 1])
m <- tapply(marks$mark, list(marks$stratum, marks$group), mean)
cat("standardised mean difference", sum(w * (m[, "1"] - m[, "0"])) / sum(w), "\n")

# Berkeley 1973: women against men.
berkeley <- UCBAdmissions[, c("Female", "Male"), ]
test <- mantelhaen.test(aperm(berkeley, c(2, 1, 3)), correct = FALSE)
cat("berkeley odds ratio", test$estimate, "ci", test$conf.int, "p", test$p.value, "\n")
rate <- prop.table(berkeley, c(2, 3))["Admitted", , ]
n <- apply(berkeley, c(2, 3), sum)
cat("berkeley smd", sum(n["Female", ] * (rate["Female", ] - rate["Male", ])) / sum(n["Female", ]), "\n")

# Welch's test of several means.
y <- list(c(4, 6, 5, 9, 7), c(8, 12, 9, 11), c(5, 5, 6, 4, 6, 4, 5))
long <- data.frame(y = unlist(y), g = factor(rep(1:3, lengths(y))))
test <- oneway.test(y ~ g, long)
cat("welch F", test$statistic, "p", test$p.value, "\n")

# The gap within teams is the coefficient with a level for each team.
team <- data.frame(
  y = c(60, 55, 70, 62, 50, 41, 58, 47, 66, 80, 72, 75),
  g = c(1, 0, 0, 1, 1, 1, 1, 0, 0, 1, 0, 0),
  t = rep(1:3, each = 4))
cat("within", coef(lm(y ~ g + factor(t), team))["g"],
    "all", diff(tapply(team$y, team$g, mean)), "\n")

# All deals of a team with ties.
score <- c(50, 60, 60, 40, 75, 60, 80, 50, 90)
own <- c(1, 4, 8, 2)
ranks <- rank(score)
sums <- combn(9, 4, function(i) sum(ranks[i]))
cat("rank sum p", mean(abs(sums - 20) >= abs(sum(ranks[own]) - 20)), "\n")
