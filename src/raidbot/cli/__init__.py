"""The commands of `raidbot`: the one place that reads settings and puts processes together."""
