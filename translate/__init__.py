"""What `make messages` needs beside Babel: how words are found in letters and in pages of Django's own templates."""
