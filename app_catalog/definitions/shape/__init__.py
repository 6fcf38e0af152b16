"""The shape of every file of a package, as tables of keys and kinds of values.

A kind both checks a node and gives its canonical value, so that what is checked and what is signed cannot
differ.
"""
