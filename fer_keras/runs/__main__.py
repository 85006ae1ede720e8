"""`python -m fer_keras.runs`; the command is `fer_keras.commands.runs`."""

if __name__ == "__main__":
    from fer_keras.commands.runs import main

    raise SystemExit(main())
