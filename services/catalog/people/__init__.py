"""Who the faces belong to: evidence, users, and the rule between them."""
