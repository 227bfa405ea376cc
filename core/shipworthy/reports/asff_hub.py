"""
Into which account, region and product of AWS Security Hub findings are imported.

ARNs are those of the partner guide: an account's own findings go to its default product. Partitions are told by how a
region's name begins, as the endpoints of AWS's SDKs have it.
"""

from __future__ import annotations

import re

from shipworthy.errors import UsageError
from shipworthy.values import dataclass


UNSET_ACCOUNT = "000000000000"
"""Stands where no account was told: as long as one, and nobody's, so that AWS refuses it."""
REGION = "us-east-1"
"""Stands where no region was told."""

_ACCOUNT = re.compile(r"[0-9]{12}", re.ASCII)
_REGION = re.compile(r"[a-z]{2,8}(?:-[a-z]{2,12}){1,3}-[0-9]{1,2}")
_REGION_MOST = 16
_PRODUCT = re.compile(
    r"arn:aws[a-z-]{0,12}:securityhub:[a-z0-9-]{1,24}:(?:[0-9]{12})?"
    r":product/[A-Za-z0-9._-]{1,128}/[A-Za-z0-9._-]{1,128}"
)
_PARTITIONS = (
    ("cn-", "aws-cn"),
    ("eu-isoe-", "aws-iso-e"),
    ("eusc-", "aws-eusc"),
    ("us-gov-", "aws-us-gov"),
    ("us-iso-", "aws-iso"),
    ("us-isob-", "aws-iso-b"),
    ("us-isof-", "aws-iso-f"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityHub:
    """
    Where findings are imported.

    Raises :class:`shipworthy.errors.UsageError` for what cannot be an account, a region or the ARN of a product.
    """

    account_id: str = UNSET_ACCOUNT
    region: str = REGION
    product_arn: str = ""
    """Empty for the account's own default product."""

    def __post_init__(self) -> None:
        """Check the form of each."""
        if not _ACCOUNT.fullmatch(self.account_id):
            raise _wrong("AWS account", self.account_id, "12 digits")
        if not _REGION.fullmatch(self.region) or len(self.region) > _REGION_MOST:
            raise _wrong("AWS region", self.region, "one such as eu-central-1")
        if self.product_arn and not _PRODUCT.fullmatch(self.product_arn):
            form = "arn:aws:securityhub:REGION:ACCOUNT:product/COMPANY/PRODUCT"
            raise _wrong("product ARN", self.product_arn, form)

    @property
    def partition(self) -> str:
        """The partition that the region belongs to."""
        starts = (name for lead, name in _PARTITIONS if self.region.startswith(lead))
        return next(starts, "aws")

    @property
    def product(self) -> str:
        """The ARN of the product that findings are of."""
        return self.product_arn or (
            f"arn:{self.partition}:securityhub:{self.region}:{self.account_id}"
            f":product/{self.account_id}/default"
        )


def _wrong(what: str, value: str, expected: str) -> UsageError:
    return UsageError(f"asff: {what} {value[:80]!r}: expected {expected}")
