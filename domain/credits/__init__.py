"""Credits: what an agency may spend on calls, in integer micro-euros, one ledger a tree."""
