"""Where findings are imported: accounts, regions and products, told by the caller, the command line or AWS's variables."""

from __future__ import annotations

import json
from pathlib import Path

import botocore.session
import pytest
from asffing import findings
from reports_sample import sample

from shipworthy.cli.asff import settings_of
from shipworthy.errors import UsageError
from shipworthy.reports.asff_hub import SecurityHub
from shipworthy.reports.document import to_document
from shipworthy.reports.interface import open_report
from shipworthy.reports.settings import Settings


ACCOUNT = "123456789012"
PRODUCT = "arn:aws:securityhub:eu-west-1::product/acme/scanner"


def hub_of(text: str, *outputs: str, **environ: str) -> SecurityHub:
    """Where findings go with this option, these outputs and variables."""
    settings = settings_of(text, outputs, environ)
    assert settings is not None
    return settings.asff


def test_the_account_is_told_by_the_caller() -> None:
    """Account, region and product come from the caller; unset ones are of the right form and nobody's."""
    hub = SecurityHub(account_id=ACCOUNT, region="eu-central-1")
    (found, *_) = findings(sample(), hub)
    assert found["AwsAccountId"] == ACCOUNT
    assert found["ProductArn"] == (
        "arn:aws:securityhub:eu-central-1:123456789012:product/123456789012/default"
    )
    assert found["Resources"][0]["Region"] == "eu-central-1"
    (unset, *_) = findings(sample())
    assert unset["AwsAccountId"] == "000000000000"
    (own, *_) = findings(sample(), SecurityHub(product_arn=PRODUCT))
    assert own["ProductArn"] == PRODUCT


def regions() -> list[tuple[str, str]]:
    """Every region of Security Hub that AWS's SDK knows, with its partition."""
    session = botocore.session.get_session()
    return [
        (region, partition)
        for partition in session.get_available_partitions()
        for region in session.get_available_regions("securityhub", partition)
    ]


def test_regions_have_partitions() -> None:
    """Every region that AWS's SDK knows is one, and of the partition that the SDK says."""
    known = {*regions(), ("us-iso-east-1", "aws-iso"), ("us-isob-east-1", "aws-iso-b")}
    assert len(known) > 30
    for region, partition in known:
        hub = SecurityHub(region=region)
        assert (region, hub.partition) == (region, partition)
        assert hub.product.startswith(f"arn:{partition}:securityhub:{region}:")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"account_id": "12345"}, "AWS account '12345': expected 12 digits"),
        ({"account_id": "12345678901\uff12"}, "AWS account"),
        ({"account_id": f"{ACCOUNT}\n"}, "AWS account"),
        ({"region": "Frankfurt"}, "AWS region 'Frankfurt': expected one such as"),
        ({"region": "eu-central"}, "AWS region"),
        ({"product_arn": "arn:aws\n:x"}, "product ARN"),
        ({"product_arn": "arn:aws:s3:::bucket/some-object"}, "product ARN"),
    ],
)
def test_wrong_accounts_are_refused(options: dict[str, str], message: str) -> None:
    """What cannot be an account, a region or a product's ARN is wrong usage and not in a report."""
    with pytest.raises(UsageError, match=f"asff: {message}"):
        SecurityHub(**options)


def test_the_option_tells_all() -> None:
    """Account, region and product in any order, with blanks or without."""
    hub = hub_of(f" region=eu-west-1, account={ACCOUNT} ,product-arn={PRODUCT}")
    assert hub == SecurityHub(
        account_id=ACCOUNT, region="eu-west-1", product_arn=PRODUCT
    )


def test_aws_variables_fill_what_the_option_leaves() -> None:
    """As AWS's own tools have it: the option before the variable, AWS_REGION before AWS_DEFAULT_REGION."""
    known = {"AWS_ACCOUNT_ID": ACCOUNT, "AWS_DEFAULT_REGION": "eu-west-2"}
    assert hub_of("", "asff=x.json", **known).region == "eu-west-2"
    assert hub_of("", "asff", **known, AWS_REGION="eu-west-3").region == "eu-west-3"
    hub = hub_of("region=eu-north-1", "asff", **known)
    assert (hub.account_id, hub.region) == (ACCOUNT, "eu-north-1")
    assert hub_of("", "asff", AWS_REGION="") == SecurityHub()


def test_variables_are_nobody_s_business_without_the_format() -> None:
    """A variable that is none of ours breaks no run that writes no ASFF; the option is checked always."""
    assert settings_of("", ("json=asff.json", "table"), {"AWS_REGION": "?"}) is None
    with pytest.raises(UsageError, match="AWS region"):
        settings_of("", ("asff=x.json",), {"AWS_REGION": "?"})
    with pytest.raises(UsageError, match="AWS account"):
        settings_of("account=1", ("json",), {})


@pytest.mark.parametrize(
    "text", ["123456789012", "acount=1", "account=", "=1", "account=1,account=2"]
)
def test_wrong_options_are_refused(text: str) -> None:
    """A key that nobody knows, one without a value and one that is told twice."""
    with pytest.raises(UsageError, match=r"^--asff "):
        settings_of(text, (), {})


def test_settings_reach_the_format_that_has_some() -> None:
    """A format is made as the settings have it; one that goes by none is made as ever."""
    settings = Settings(asff=SecurityHub(account_id=ACCOUNT))
    document = to_document(sample())
    line = open_report("asff", settings).render(document).splitlines()[0]
    assert json.loads(line)["Findings"][0]["AwsAccountId"] == ACCOUNT
    assert open_report("csv", settings).render(document) == open_report("csv").render(
        document
    )


def test_the_docs_name_the_option() -> None:
    """The reference shows how the account is told."""
    docs = Path(__file__).resolve().parents[2] / "docs" / "reports.md"
    assert "--asff account=" in docs.read_text("utf-8")
