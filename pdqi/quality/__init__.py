"""What became of the files that were loaded: where rows went, what was left out, what was late."""

from pdqi.quality.accounts import Account, accounts, left_out

__all__ = ["Account", "accounts", "left_out"]
