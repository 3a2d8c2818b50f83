"""What may stand where in a document: grammars of our own, made into schemas that libxml2 checks by, and into words."""
