"""`python -m fer_keras.lr_find`; the command is `fer_keras.commands.lr_find`."""

if __name__ == "__main__":
    from fer_keras.commands.lr_find import main

    raise SystemExit(main())
