"""`python -m rag`: the command, where the script is not on the path."""

from rag.cli import main

main()
