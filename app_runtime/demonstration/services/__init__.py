"""More services of the demonstration: a few records of each app that comes along, so that people can look at them."""
