"""The store: its tables, its versions, and reading it locked down."""
