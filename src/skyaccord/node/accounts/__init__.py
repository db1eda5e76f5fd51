"""Who may open a node's console: accounts, second factors, sessions, tokens, one-time links, and what
they read.

Nothing here is evidence: what people say on the record is signed with their own keys (`record`). An
account only opens the door to look, and to hand in what was signed.
"""
