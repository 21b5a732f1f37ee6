"""The command line: parse, call the pipeline, name what was written."""
