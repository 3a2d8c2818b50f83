"""The domain (``models.domain``, free of frameworks) and its persistence on Tortoise ORM."""
