# Reference figures of the stratified tests and of HC3, from base R alone.
# Rscript tests/reference/strata.R > tests/reference/strata.txt
options(digits = 15)
cat(R.version.string, "\n\n")

show <- function(name, value) cat(name, format(value, digits = 13), "\n")

# Berkeley, autumn 1973: women beside men, admitted or not, by department
# (Bickel, Hammel and O'Connell 1975), as datasets::UCBAdmissions.
berkeley <- aperm(UCBAdmissions, c(2, 1, 3))[c("Female", "Male"), c("Admitted", "Rejected"), ]
test <- mantelhaen.test(berkeley, correct = FALSE)
show("berkeley p", test$p.value)
show("berkeley men over women", mantelhaen.test(UCBAdmissions, correct = FALSE)$estimate)
show("berkeley odds ratio", test$estimate)
show("berkeley interval", test$conf.int)

# Breslow-Day with Tarone's correction: the fitted cell is found by uniroot.
breslow_day <- function(tables, odds) {
  parts <- apply(tables, 3, function(t) {
    n1 <- sum(t[1, ]); n0 <- sum(t[2, ]); m <- sum(t[, 1])
    gap <- function(a) a * (n0 - m + a) - odds * (n1 - a) * (m - a)
    a <- uniroot(gap, c(max(0, m - n0), min(n1, m)), tol = 1e-13)$root
    c(t[1, 1] - a, 1 / (1 / a + 1 / (n1 - a) + 1 / (m - a) + 1 / (n0 - m + a)))
  })
  chi <- sum(parts[1, ]^2 / parts[2, ]) - sum(parts[1, ])^2 / sum(parts[2, ])
  pchisq(chi, ncol(parts) - 1, lower.tail = FALSE)
}
show("berkeley breslow-day p", breslow_day(berkeley, test$estimate))
show("berkeley breslow-day p without A", breslow_day(
  berkeley[, , -1], mantelhaen.test(berkeley[, , -1])$estimate))

# Small strata: rabbits given penicillin (Mantel 1963), in help(mantelhaen.test).
rabbits <- array(c(0, 0, 6, 5, 3, 0, 3, 6, 6, 2, 0, 4, 5, 6, 1, 0, 2, 5, 0, 0), c(2, 2, 5))
show("rabbits p", mantelhaen.test(rabbits, correct = FALSE)$p.value)
show("rabbits odds ratio", mantelhaen.test(rabbits, correct = FALSE)$estimate)
show("rabbits interval", mantelhaen.test(rabbits, correct = FALSE)$conf.int)
show("rabbits exact p", mantelhaen.test(rabbits, exact = TRUE)$p.value)
# Its mid-p, by the convolution of hypergeometric counts.
density <- 1
for (k in 1:5) {
  t <- rabbits[, , k]
  a <- dhyper(0:sum(t[1, ]), sum(t[, 1]), sum(t[, 2]), sum(t[1, ]))
  density <- rowSums(sapply(seq_along(a), function(i)
    c(rep(0, i - 1), a[i] * density, rep(0, length(a) - i))))
}
p0 <- density[sum(rabbits[1, 1, ]) + 1]
same <- abs(density / p0 - 1) <= 1e-7
show("rabbits exact p again", sum(density[density < p0 | same]))
show("rabbits mid-p", sum(density[density < p0 & !same]) + sum(density[same]) / 2)

# HC3: fertility and education in Swiss provinces (datasets::swiss), by hand from hatvalues.
swiss$catholic <- as.numeric(swiss$Catholic > 50)
swiss$farms <- cut(swiss$Agriculture, c(-1, 40, 65, 101), labels = FALSE)
swiss$exam <- cut(swiss$Examination, c(-1, 12, 20, 40), labels = FALSE)
fit <- lm(Fertility ~ catholic + factor(farms) + factor(exam), swiss)
X <- model.matrix(fit)
bread <- solve(crossprod(X))
meat <- crossprod(X * (residuals(fit) / (1 - hatvalues(fit))))
se <- sqrt(diag(bread %*% meat %*% bread))["catholic"]
gap <- coef(fit)["catholic"]
show("swiss gap", gap)
show("swiss se", se)
show("swiss interval", gap + c(-1, 1) * qt(0.975, fit$df.residual) * se)
show("swiss p", 2 * pt(-abs(gap / se), fit$df.residual))
reference <- lm(Fertility ~ factor(farms) + factor(exam), swiss[swiss$catholic == 0, ])
Z <- X[, -2]
show("swiss explained by the reference", sum(
  (colMeans(Z[swiss$catholic == 1, ]) - colMeans(Z[swiss$catholic == 0, ])) * coef(reference)))
show("swiss plain gap", diff(tapply(swiss$Fertility, swiss$catholic, mean)))

# Means within strata: the extension to means of the same test (Cochran-Mantel-Haenszel).
y <- c(1, 2, 4, 3, 5, 2, 2, 6); g <- c(1, 1, 0, 0, 0, 1, 0, 0); s <- c(1, 1, 1, 1, 2, 2, 2, 2)
total <- 0; variance <- 0
for (k in 1:2) {
  i <- s == k; n <- sum(i)
  total <- total + sum(y[i & g == 1]) - sum(g[i]) * mean(y[i])
  variance <- variance + sum(g[i]) * sum(1 - g[i]) / n * var(y[i])
}
show("means p", 2 * pnorm(-abs(total) / sqrt(variance)))
show("means gap, manager fixed effects", coef(lm(y ~ g + factor(s)))["g"])
