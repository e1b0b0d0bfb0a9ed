"""A Twilio of our own, to try and test the line against without one: in this process (`FakeTwilio`) or as a server in
its own (`python -m bot fake-twilio`, driven through `client.Remote`). Written after Twilio's documentation."""

from bot.fake_twilio.faults import Fault
from bot.fake_twilio.ledger import Call, Text
from bot.fake_twilio.twilio import FakeTwilio

__all__ = ["Call", "FakeTwilio", "Fault", "Text"]
