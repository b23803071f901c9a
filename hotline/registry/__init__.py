"""The register of union organisations: who they are, where they stand, who is above them."""
