"""Organisations that sign their own people in, by OpenID Connect: whom they may sign in, and how it is checked.

An organisation's provider vouches for that organisation's people and for nobody else: never for the desk, and never
for somebody who also belongs elsewhere. `providers` keeps the rows, `talking` asks the provider, `tokens` checks
signatures, `flow` puts them together for the portal. What a token must say is in `core.claims`.
"""
