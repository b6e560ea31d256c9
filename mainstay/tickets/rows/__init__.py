"""Rows beside the ticket, one file for each noun. `models` names them all, so that Django finds them."""
