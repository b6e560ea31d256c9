"""What things cost, printed side by side in one run, as ratios. Nothing here passes or fails."""
