"""`python -m fer_keras.clean`; the command is `fer_keras.commands.clean`."""

if __name__ == "__main__":
    from fer_keras.commands.clean import main

    raise SystemExit(main())
