"""Loading: from the files that teams keep to a new version of the store.

`mapping` says how a source's files are to be understood, `readers` turn them into rows of text,
`rows` judge every row, `loading` puts a version together, and `report` says where each row went.
"""
