"""Who works here and how they prove it: accounts, passwords, second factors, sessions."""
