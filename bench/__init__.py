"""Side-by-side measurements, each run by hand: `python -m bench.worktime`. None is a test."""
