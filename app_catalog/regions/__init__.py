"""What the catalog knows of regions: what each gives and asks, and where apps are used."""
