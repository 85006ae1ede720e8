"""What a user calls from Python; `fer_keras` itself gives every name here, when it is asked for."""
