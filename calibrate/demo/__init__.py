"""An invented company of any size, whose severities and disparities are known."""
