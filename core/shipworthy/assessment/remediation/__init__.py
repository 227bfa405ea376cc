"""
The remediation plan: what to do about the findings, the action that removes most risk first.

:func:`plan.remediate` is a pure function of the findings and of what is known of the image. It
speaks of fixes alone that publishers named for a package in this image; that a newer version
has flaws of its own is for the next scan to tell.
"""
