"""The carrier's published error codes, as REST answers them: {code, message, more_info, status}."""

from __future__ import annotations

from typing import Final

from collector.foundation.errors import CollectorError

PUBLISHED: Final = {
    20001: (400, "Invalid parameter"),
    20003: (401, "Authenticate"),
    20404: (404, "The requested resource was not found"),
    20429: (429, "Too Many Requests"),
    20500: (503, "An internal server error has occurred"),
    21201: (400, "No 'To' number is specified"),
    21205: (400, "Url is not a valid URL"),
    21210: (400, "The source phone number provided is not yet verified for your account"),
    21211: (400, "Invalid 'To' Phone Number"),
    21213: (400, "No 'From' number is specified"),
    21220: (400, "Call is not in-progress. Cannot redirect."),
    21602: (400, "Message body is required."),
    21603: (400, "A 'From' phone number is required."),
    21604: (400, "A 'To' phone number is required."),
    21606: (400, "The 'From' phone number is not a valid, message-capable phone number of this account"),
    21609: (400, "The 'StatusCallback' URL is not a valid URL"),
    21610: (400, "Attempt to send to unsubscribed recipient"),
    21617: (400, "The concatenated message body exceeds the 1600 character limit."),
    21701: (404, "The Messaging Service does not exist"),
}
"""Code → (HTTP status, message)."""

RECEIPTS: Final = {
    30003: "Unreachable destination handset",
    30004: "Message blocked",
    30005: "Unknown destination handset",
    30006: "Landline or unreachable carrier",
    30007: "Message filtered",
    30008: "Unknown error",
}
"""Error codes that arrive with a receipt, not with the REST answer."""


class RestError(CollectorError):
    """The carrier refuses the request."""

    def __init__(self, code: int, status: int | None = None, retry_after: int | None = None) -> None:
        published, message = PUBLISHED[code]
        super().__init__(message)
        self.code = code
        self.status = status or published
        self.retry_after = retry_after

    def body(self) -> dict[str, object]:
        return {
            "code": self.code,
            "message": self.message,
            "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
            "status": self.status,
        }
