"""The test kit that is shipped with the product: inputs that try to break it.

Only tests, bench and cli import it; nothing that runs a strategy may know it.
"""
