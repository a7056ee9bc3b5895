"""`python -m sarabanwatch` is the console command."""

from sarabanwatch.cli import main

if __name__ == "__main__":
    main()
