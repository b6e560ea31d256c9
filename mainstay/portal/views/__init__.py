"""One file for each noun of the portal."""
