"""What may stand where in a document: grammars of our own, made into XML Schemas that libxml2 checks, and into words."""
