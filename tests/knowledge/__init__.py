"""The Support Hub's room: articles, who may read them, what readers tell, on both databases."""
