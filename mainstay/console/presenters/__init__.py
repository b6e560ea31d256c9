"""What templates are given: plain, finished values. All words about time and state are chosen here, once."""
