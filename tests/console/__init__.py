"""The web console: its build, its unit tests, its page in a browser against a scripted node."""
