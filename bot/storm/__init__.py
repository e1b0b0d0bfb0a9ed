"""The line under bad days: its real processes killed, frozen and starved from outside, while residents write.

Nothing in the line knows of this. A calm run says what residents should have been told; the storm must tell them the same.
"""
