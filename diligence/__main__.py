"""``python -m diligence``."""

from diligence.cli import main

main()
