"""`python -m fer_keras`: the console script `fer-keras`, where it is not on the path."""

if __name__ == "__main__":
    from fer_keras.commands.main import main

    raise SystemExit(main())
