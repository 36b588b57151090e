"""The monthly meeting: the order of its hour, the record of it, and its minutes."""
