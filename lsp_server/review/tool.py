"""
The tool that a model answers a review with.
"""

from lsp_server.providers.base import Tool
from lsp_server.review.finding import Category, Severity

NAME = "report_findings"
MOST_QUOTED_LINES = 12
LONGEST_MESSAGE = 300
"""In characters, as the model is told; a longer message is cut where it is shown."""

# No limits on numbers or lengths: the strict form of schemas knows none, so the sentences say them.
REPORT_FINDINGS = Tool(
    name=NAME,
    description=(
        "Report the hazards that the change introduces, most severe first; an empty list says that there are none."
        " Call it exactly once."
    ),
    input_schema={
        "type": "object",
        "properties": {
            "findings": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "file": {"type": "string", "description": "Path of the file, as it is headed in the request."},
                        "quote": {
                            "type": "string",
                            "description": (
                                f"1 to {MOST_QUOTED_LINES} whole lines of the new side, verbatim, at least one of them"
                                " added; without line numbers and without diff markers."
                            ),
                        },
                        "category": {"type": "string", "enum": [str(category) for category in Category]},
                        "severity": {"type": "string", "enum": [str(severity) for severity in Severity]},
                        "confidence": {
                            "type": "integer",
                            "description": "0 to 100: how sure you are that this is a real defect.",
                        },
                        "message": {
                            "type": "string",
                            "description": (
                                "What goes wrong and when, in one or two plain sentences of at most"
                                f" {LONGEST_MESSAGE} characters."
                            ),
                        },
                        "evidence": {
                            "type": "string",
                            "description": "A second verbatim quote that proves it, from any file that was shown.",
                        },
                        "replacement": {
                            "type": "string",
                            "description": (
                                "Complete lines that replace exactly the quote and mend it, indented as the quote is;"
                                " left out when there is no small, sure fix."
                            ),
                        },
                    },
                    "required": ["file", "quote", "category", "severity", "confidence", "message"],
                    "additionalProperties": False,
                },
            }
        },
        "required": ["findings"],
        "additionalProperties": False,
    },
)
