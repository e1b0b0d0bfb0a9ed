"""What every answer carries, whatever its path and status, and how large a request may be."""

# Nothing from elsewhere, nothing inline: a text that smuggled in markup could still run nothing.
_POLICY = (
    "default-src 'none'; script-src 'self'; worker-src 'self'; manifest-src 'self'; style-src 'self';"
    " img-src 'self' data:; media-src 'self'; font-src 'self'; connect-src 'self'; form-action 'self';"
    " base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
)
HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), interest-cohort=()",
    "X-Frame-Options": "DENY",
}
MOST_BYTES = 1_000_000  # of a request; a webhook form has a few thousand
