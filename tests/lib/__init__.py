"""The helpers without domain words."""
