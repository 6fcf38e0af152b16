"""The officials' side of records: one inbox over all apps, and a page per record with what may be done."""
