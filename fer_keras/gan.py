"""`python -m fer_keras.gan`; the command is `fer_keras.commands.gan`."""

if __name__ == "__main__":
    from fer_keras.commands.gan import main

    raise SystemExit(main())
