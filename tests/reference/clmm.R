# Prints the figures quoted in tests/effects/ordinal/test_clmm.py (R 4.2, ordinal 2022.11-16).
# The crossed marks are drawn by Park and Miller's generator, so that R and Python have the same.
library(ordinal)
options(digits = 10)
show_fit <- function(fit) {
  print(c(logLik = as.numeric(logLik(fit))))
  print(coef(fit))
  print(sapply(VarCorr(fit), function(v) v[1, 1]))
  for (term in names(ranef(fit))) print(head(ranef(fit)[[term]][[1]]))
}
tight <- clmm.control(gradTol = 1e-7)
show_fit(clmm(rating ~ temp + contact + (1 | judge), data = wine, control = tight))

state <- 20261121
uniform <- function(n) {
  drawn <- numeric(n)
  for (i in seq_len(n)) {
    state <<- (state * 16807) %% 2147483647
    drawn[i] <- state / 2147483647
  }
  drawn
}
person <- qnorm(uniform(60)) * 1.2
rater <- qnorm(uniform(25)) * 1.5
crossed <- data.frame(person = rep(1:60, each = 5), rater = floor(uniform(300) * 25) + 1,
                      source = rep(c(0, 0, 1, 1, 1), 60))
eta <- person[crossed$person] + rater[crossed$rater] + 0.5 * crossed$source
crossed$mark <- findInterval(eta + qlogis(uniform(300)), c(-3, -1.2, 0.3))
crossed <- within(crossed, {
  mark <- factor(mark, ordered = TRUE); person <- factor(person); rater <- factor(rater)
})
print(table(crossed$mark))
show_fit(clmm(mark ~ source + (1 | person) + (1 | rater), data = crossed, control = tight))
