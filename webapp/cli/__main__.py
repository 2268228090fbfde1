"""``python -m webapp.cli``: the command line without an installed script."""

from webapp.cli import main

main()
