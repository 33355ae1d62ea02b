"""What agents can be at work on, and how long a person takes for it."""

from __future__ import annotations

MINUTE = 60

# Seconds that a person takes for one, by the word that programs send. Frozen into each event when it is
# received, so a better estimate changes nothing that was tracked before.
BASELINE_SECONDS: dict[str, int] = {
    "book_appointment": 6 * MINUTE,
    "customer_support": 12 * MINUTE,
    "draft_email": 8 * MINUTE,
    "enter_data": 5 * MINUTE,
    "other": 0,  # says nothing unless the event names its own baseline
    "phone_call": 7 * MINUTE,
    "process_invoice": 10 * MINUTE,
    "qualify_lead": 15 * MINUTE,
    "research": 40 * MINUTE,
    "review_code": 30 * MINUTE,
    "review_document": 25 * MINUTE,
    "summarize_call": 5 * MINUTE,
    "summarize_meeting": 20 * MINUTE,
    "translate": 30 * MINUTE,
    "triage_ticket": 4 * MINUTE,
    "write_content": 60 * MINUTE,
    "write_report": 45 * MINUTE,
}
