"""Rule sets as versions: drafted, checked, tried on past cases, published by a second person."""
