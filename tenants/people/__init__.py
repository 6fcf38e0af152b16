"""People of a municipality: memberships, roles, invitations, acting heads."""
