"""The catalogue of indicators and their one computation."""
