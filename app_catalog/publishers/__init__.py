"""Publishers, their people and signing keys."""
