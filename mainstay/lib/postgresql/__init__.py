"""A Django database engine: PostgreSQL that reads and plans once what is asked again and again."""
