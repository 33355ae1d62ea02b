"""Everyone sees exactly what is theirs: proofs by asking for everything as everybody."""
