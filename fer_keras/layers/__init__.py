"""Public layers, one a file, each registered under "fer_keras" so that saved models reload."""
