# ------------------------------------------------------------------------------------------------
# The report part: how tables are read and divided, how models are judged and saved. There is
# nothing to set here; but for the first few functions all Tabpod scripts end with these lines.
# ------------------------------------------------------------------------------------------------
