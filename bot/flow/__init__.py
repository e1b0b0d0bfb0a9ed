"""The conversation core: a script, a place in it and a text give a new place and effects.

It touches no network, no database and no clock, and could be lifted out as a library.
"""
