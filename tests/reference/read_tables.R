# Reads every table that a data package lists, with the types it declares, and
# prints what R made of them. Usage: Rscript read_tables.R FOLDER
# R 4.2, jsonlite 1.8 (Debian r-base-core, r-cran-jsonlite).

classes <- c(string = "character", integer = "integer", number = "numeric",
             boolean = "logical", date = "Date")

read_table <- function(folder, resource) {
  fields <- resource$schema$fields
  types <- vapply(fields, function(field) field$type, "")
  read.csv(file.path(folder, resource$path),
           colClasses = unname(classes[types]), na.strings = "",
           encoding = "UTF-8", check.names = FALSE)
}

describe <- function(table) {
  list(names = I(names(table)),
       rows = nrow(table),
       classes = I(unname(vapply(table, function(column) class(column)[1], ""))),
       missing = I(unname(vapply(table, function(column) sum(is.na(column)), 0L))),
       sums = I(unname(vapply(table, function(column)
         if (is.numeric(column)) sum(column, na.rm = TRUE) else 0, 0))),
       first = I(unname(vapply(table, function(column)
         if (nrow(table)) as.character(column[1]) else NA_character_, ""))))
}

folder <- commandArgs(trailingOnly = TRUE)[1]
package <- jsonlite::read_json(file.path(folder, "datapackage.json"))
tables <- lapply(package$resources, function(resource) describe(read_table(folder, resource)))
names(tables) <- vapply(package$resources, function(resource) resource$path, "")
cat(jsonlite::toJSON(tables, auto_unbox = TRUE, digits = NA, na = "null"))
