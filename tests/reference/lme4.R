# Prints the figures quoted in test_penicillin.py and benchmarks/agreement.py (lme4 1.1-31).
library(lme4)
options(digits = 12)
show_fit <- function(fit) {
  print(as.data.frame(VarCorr(fit))[c("grp", "sdcor")])
  print(coef(summary(fit)))
  print(REMLcrit(fit))
}
show_fit(lmer(diameter ~ 1 + (1 | plate) + (1 | sample), Penicillin))
show_fit(lmer(y ~ 1 + (1 | s) + (1 | d), InstEval))
