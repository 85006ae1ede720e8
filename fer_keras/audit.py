"""`python -m fer_keras.audit`; the command is `fer_keras.commands.audit`."""

if __name__ == "__main__":
    from fer_keras.commands.audit import main

    raise SystemExit(main())
