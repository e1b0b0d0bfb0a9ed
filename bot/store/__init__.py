"""The database: tables, sealing of private fields, named queries; one noun a file."""
