"""`python -m fer_keras.report`; the command is `fer_keras.commands.report`."""

if __name__ == "__main__":
    from fer_keras.commands.report import main

    raise SystemExit(main())
