"""The house rules: each module holds one `RULE` and nothing another module needs."""
