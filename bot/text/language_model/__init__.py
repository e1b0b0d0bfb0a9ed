"""The statistics behind `bot.text.language`: features, weights, the trainer and its own texts.

Knows how texts in a language look; knows nothing of residents, threads or departments.
"""
