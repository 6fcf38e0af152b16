"""An app in a municipality: enabling, settings, definitions."""
