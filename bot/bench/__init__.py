"""How fast the line answers: signed webhooks over HTTP, beside a server that only says hello, in alternation.

The ratio of the two is the figure: it holds while the speed of a machine drifts.
"""
