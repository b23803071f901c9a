"""Letters: urge letters, notices and what is sent to employers, from the draft to the answer."""
