"""A fictional city's union with a year of believable cases."""
