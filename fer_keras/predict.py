"""`python -m fer_keras.predict`; the command is `fer_keras.commands.predict`."""

if __name__ == "__main__":
    from fer_keras.commands.predict import main

    raise SystemExit(main())
