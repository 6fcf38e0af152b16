"""The demonstration: three invented administrations with their people and a month of reports, made by the services."""
