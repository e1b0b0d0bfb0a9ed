"""The statistics beside the phrases of `bot.text.safety`: what a text tells of danger in words that nobody listed.

Knows texts and labels; knows nothing of residents, threads, or what is done about a danger.
"""
