"""Drafts tried before anybody else reads them, and what was tried kept as a rehearsal. Nothing of it leaves the house."""
