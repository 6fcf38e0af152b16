"""A municipality's structured judgement of an app."""
