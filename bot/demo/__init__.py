"""The demo town of Riverbend: everything in this folder is fictional, and nothing of it is loaded in production."""
