"""House rules that no ready-made linter knows, one module per rule in `rules`.

`python -m tools.lints` runs all of them over the files git knows or would add. A line that breaks a rule on purpose
says so and why: `# lint: skip=<code> <reason>`. The rules read text and syntax trees only; they never import what
they judge.
"""
