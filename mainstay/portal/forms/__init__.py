"""What clients fill in, one file for each noun."""
