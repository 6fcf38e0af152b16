"""The web shell: sites, access, errors, security headers, assets, health."""
