"""What people are told about their money. Keys name the business fact, so several events about it tell once."""
