"""
shipworthy as a pipeline's own step: what the CI platforms share, and one package a platform.

    surroundings → choose a platform → its inputs → scan every target → deliver → finish

:mod:`shipworthy_ci.command` is the only module that knows the whole chain. A platform
(:mod:`shipworthy_ci.platform`) knows how its CI system says things; it scans and judges nothing.
"""
