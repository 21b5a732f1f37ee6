"""Does the rating serve the strategy?"""
