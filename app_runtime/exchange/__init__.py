"""Events between the apps of one municipality."""
