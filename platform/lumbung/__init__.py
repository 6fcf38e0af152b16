"""The host: settings, database and tenancy, errors, jobs, messages, storage, web shell. No feature's tables."""
