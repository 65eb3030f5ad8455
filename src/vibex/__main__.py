"""`python -m vibex` is the `vibex` command."""

from vibex.cli import main

if __name__ == "__main__":
    main()
