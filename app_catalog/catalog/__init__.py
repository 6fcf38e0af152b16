"""The catalog that everybody may read: start page, search, an app and its releases."""
