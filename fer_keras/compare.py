"""`python -m fer_keras.compare`; the command is `fer_keras.commands.compare`."""

if __name__ == "__main__":
    from fer_keras.commands.compare import main

    raise SystemExit(main())
