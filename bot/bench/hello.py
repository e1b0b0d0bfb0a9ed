"""The base of every ratio: Flask answers a fixed TwiML. No signature, no database, no thought."""

from flask import Flask, Response

app = Flask(__name__)
_TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response><Message>hello</Message></Response>'


@app.post("/hooks/twilio")
def hello() -> Response:
    return Response(_TWIML, content_type="text/xml; charset=utf-8")


@app.get("/healthz")
def healthz() -> str:
    return "ok"
