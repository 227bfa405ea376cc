"""Write the JSON Schema of the policy file from the tables of the code."""

from __future__ import annotations

import json
from pathlib import Path

from shipworthy.policy.document.schema import schema


PLACE = Path(__file__).resolve().parents[1] / "docs" / "schema" / "policy.schema.json"


if __name__ == "__main__":
    PLACE.write_text(json.dumps(schema(), indent=2, ensure_ascii=False) + "\n")
    print(f"written: {PLACE}")
