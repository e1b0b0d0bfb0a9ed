"""What translators work on: catalogues, and who has read them."""
