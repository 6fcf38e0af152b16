"""The pages of the books: receipts for everybody, statements and what is done by hand for operators."""
