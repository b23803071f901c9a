"""Cases: their life from the call to the closing."""
