"""Rows of the Support Hub, one file for each noun. `models` names them all, so that Django finds them."""
