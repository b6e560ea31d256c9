"""The demo world: that it can be built at any hour, shows what it should, and touches nothing real."""
