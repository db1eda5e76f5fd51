"""Documents that people read on paper: blocks of text in, HTML, PDF or plain lines out."""
