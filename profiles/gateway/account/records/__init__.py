"""The answers of an account as frozen records: `offered`, `budgets`, `spent`; from JSON by `row`."""
