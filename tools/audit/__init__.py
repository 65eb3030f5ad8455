"""The audit of the locked runtime dependencies, for known vulnerabilities and licences: `python -m tools.audit`."""
