"""The promises, computed: working time, clocks, ladders, rotas, notice, references.

Pure and deterministic: standard library only, no database, no network, and no clock is read here. Whoever asks brings
the moment along. The rooms above remember what happened; this one only says what follows from it.
"""
