"""Flows as admins change them: a file and a form that always agree, what differs between two versions, and a picture."""
