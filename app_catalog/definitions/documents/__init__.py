"""Documents of apps: Typst templates, what they see, and the process that sets them."""
