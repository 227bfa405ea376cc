"""Jenkins: the library in ``jenkins/`` calls ``shipworthy ci`` and reads back what it found."""
