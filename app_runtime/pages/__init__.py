"""The citizens' side of an app: portal, form, list, map, record, as its definition describes them."""
