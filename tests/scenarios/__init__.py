"""One file per promise, named for its clause: told with a cast, a clock and the clause, through the real doors."""
