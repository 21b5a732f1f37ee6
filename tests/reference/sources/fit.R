# Prints figures.json: models of forms.csv by REML, for test_residual_by_source.py.
# Usage: Rscript fit.R > figures.json
# R 4.2.2, glmmTMB 1.1.5, lme4 1.1-31, nlme 3.1-162, jsonlite 1.8 (Debian 12).
# glmmTMB integrates the source means and all effects; for normal data Laplace's method is exact.
suppressPackageStartupMessages({library(glmmTMB); library(lme4); library(nlme)})

forms <- read.csv("forms.csv", colClasses = c(rep("factor", 4), "numeric"))
forms$source <- factor(forms$source, c("manager", "peer", "direct_report"))
for (name in c("employee", "unit", "rater"))
  forms[[name]] <- factor(forms[[name]], sort(as.integer(levels(forms[[name]]))))
forms$employee_source <- interaction(forms$employee, forms$source, drop = TRUE)
sources <- levels(forms$source)
first <- !duplicated(forms[c("employee", "source")])  # one form of each source
terms <- c("employee", "unit", "rater", "employee_source")
shown <- c("0", "1", "2", "83")  # employees; raters 0, 1, 2, 39

pick <- function(effects, names) as.list(setNames(effects[names, 1], names))
# Person: effect of the employee and of the unit together.
describe <- function(criterion, variances, residual, means, effects) {
  person <- effects$employee[shown, 1]
  if (!is.null(effects$unit))
    person <- person + effects$unit[as.character(forms$unit[match(shown, forms$employee)]), 1]
  facts <- list(criterion = criterion, variances = as.list(variances),
                residual = as.list(residual), means = as.list(setNames(means, sources)),
                person = as.list(setNames(person, shown)))
  if (!is.null(effects$rater)) facts$rater <- pick(effects$rater, c("0", "1", "2", "39"))
  facts
}
fit_tmb <- function(random, forms) {
  fit <- glmmTMB(as.formula(paste("points ~ 0 + source +",
                                  paste0("(1 | ", random, ")", collapse = " + "))),
                 dispformula = ~ 0 + source, data = forms, REML = TRUE,
                 control = glmmTMBControl(optArgs = list(rel.tol = 1e-14, x.tol = 1e-12),
                                          optCtrl = list(iter.max = 2000, eval.max = 2000)))
  stopifnot(fit$fit$convergence == 0)
  variances <- vapply(VarCorr(fit)$cond, function(term) term[1, 1], 0)
  # In glmmTMB 1.1.5 the dispersion formula is of the logarithm of the variance.
  residual <- exp(unname(fixef(fit)$disp))
  describe(-2 * as.numeric(logLik(fit)), variances, setNames(residual, sources),
           unname(fixef(fit)$cond), ranef(fit)$cond)
}
fit_lme4 <- function(random) {
  fit <- lmer(as.formula(paste("points ~ 0 + source +",
                               paste0("(1 | ", random, ")", collapse = " + "))),
              forms, REML = TRUE,
              control = lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-10)))
  variances <- as.data.frame(VarCorr(fit))
  residual <- variances$vcov[variances$grp == "Residual"]
  kept <- variances[variances$grp != "Residual", ]
  describe(REMLcrit(fit), setNames(kept$vcov, kept$grp), setNames(rep(residual, 3), sources),
           unname(fixef(fit)), ranef(fit, condVar = FALSE))
}
fit_nlme <- function() {
  fit <- lme(points ~ 0 + source, forms, random = ~ 1 | employee, method = "REML",
             weights = varIdent(form = ~ 1 | source),
             control = lmeControl(tolerance = 1e-12, msTol = 1e-12, msMaxIter = 1000))
  ratio <- coef(fit$modelStruct$varStruct, unconstrained = FALSE, allCoef = TRUE)[sources]
  describe(-2 * as.numeric(logLik(fit)), c(employee = getVarCov(fit)[1, 1]),
           (fit$sigma * ratio)^2, unname(fixef(fit)), list(employee = ranef(fit)))
}
models <- list(
  by_source = fit_tmb(terms[1:3], forms[first, ]),
  interaction = fit_lme4(terms),
  both = fit_tmb(terms, forms),
  employee_alone = fit_nlme(),
  employee_alone_tmb = fit_tmb("employee", forms))
cat(jsonlite::toJSON(models, auto_unbox = TRUE, digits = 12, pretty = TRUE), "\n")
