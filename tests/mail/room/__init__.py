"""The mail room with its database: what comes in, what goes out, and the mail servers at both ends."""
