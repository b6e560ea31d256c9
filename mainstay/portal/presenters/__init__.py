"""From rows to what a page says, one file for each noun."""
