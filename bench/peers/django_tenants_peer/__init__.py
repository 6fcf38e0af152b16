"""What a Django team would pick for the same job: django-tenants and REST framework."""
