"""Faults from outside: real processes, real mail servers, kills and outages, and an account that is not the product's.

Each mail carries a nonce. The test knows which it sent, the SMTP sink writes down which it took, and at the end sets
are compared; then `mainstay verify` must say that nothing is wrong.
"""
