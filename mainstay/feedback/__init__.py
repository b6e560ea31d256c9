"""What clients say of the support: surveys after a closing, complaints by every door, and words from inside a product.

Promises: a survey link is known to its recipient only, works once and changes nothing by being looked at (R3.9); a
complaint is a case of its own, acknowledged, with managers told (R3.10a); what a product sends is taken once, from whom
its signed token names, and what cannot be verified discloses nothing (R3.2b). It writes letters, so it stands above
`mail`; doors call it.
"""
