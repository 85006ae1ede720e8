"""Arguments and printing of every command, a module each; the work is done below."""
