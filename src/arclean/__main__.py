"""`python -m arclean` is the command `arclean`."""

from arclean.cli import main

main(prog_name="arclean")
