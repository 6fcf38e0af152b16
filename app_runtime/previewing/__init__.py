"""`lumbung app preview`: one package with its examples on this machine, again on every save."""
