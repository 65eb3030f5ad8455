"""Programs for those who work on vibex: house rules, the dependency audit, the installer's glue. Nothing here ships."""
