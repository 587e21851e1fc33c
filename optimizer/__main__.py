"""`python -m optimizer` is the `fleetplan` command."""

from .cli.main import entry

if __name__ == "__main__":
    entry()
