"""Dashboards: figures and charts over the records that a reader may see."""
