"""Pages: a view's figures put into the blocks of a document, in the order of reading."""
