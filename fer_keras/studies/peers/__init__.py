"""Other people's published models on FER2013's rows: each read from its package's file, none of its code run."""
