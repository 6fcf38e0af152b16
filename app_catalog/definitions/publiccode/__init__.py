"""The publiccode.yml standard: its files read and checked line by line, and written.

Source: "The Standard" of publiccode.yml, versions 0.2 to 0.7, and its change log. Pure, as everything in definitions:
nothing is fetched, addresses and files that a publiccode.yml names are looked at by their form alone.
"""
