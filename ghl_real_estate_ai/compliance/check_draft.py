"""A draft in, a verdict out: may this be said at all, and in which words; pure.

The one place that every draft passes, whoever wrote it; delivery asks again right before the send.
"""

from ghl_real_estate_ai.compliance.disclosure import discloses, greeting
from ghl_real_estate_ai.compliance.guard import guard
from ghl_real_estate_ai.compliance.model import Rewrite, Rule, Send, Suppress, Verdict
from ghl_real_estate_ai.compliance.sms import segments, to_gsm7, trim
from ghl_real_estate_ai.conversation.model import Language

MOST_SEGMENTS = 2

SUPPRESSED_CONTACT = Rule("opted_out", "47 CFR 64.1200(a)(10)")
UNDISCLOSED = Rule("machine_undisclosed", "California B&P Code 17941, Utah Code 13-75-103")
TYPOGRAPHY = Rule("gsm7", "3GPP TS 23.038")
TOO_LONG = Rule("two_segments", "3GPP TS 23.038")


def check_draft(
    text: str,
    *,
    first_reply_needs_disclosure: bool = False,
    business_name: str = "our team",
    language: Language = Language.EN,
    opted_out: bool = False,
    own_names: tuple[str, ...] = (),
) -> Verdict:
    """Judge *text* before it is sent: replace what breaks the law, rewrite what only needs other letters or fewer.

    Nothing goes to somebody who opted out; the one confirmation of an opt-out is checked with `opted_out` False.
    """
    if opted_out:
        return Suppress((SUPPRESSED_CONTACT,))
    guarded = guard(text, language, own_names)
    if isinstance(guarded, Suppress):
        return guarded
    rewritten, rules = guarded.text, list(guarded.rules)
    if first_reply_needs_disclosure and not discloses(rewritten):
        rewritten = f"{greeting(language, business_name)} {rewritten}"
        rules.append(UNDISCLOSED)
    if to_gsm7(rewritten) != rewritten:
        rewritten = to_gsm7(rewritten)
        rules.append(TYPOGRAPHY)
    if segments(rewritten) > MOST_SEGMENTS:
        rewritten = trim(rewritten, MOST_SEGMENTS)
        rules.append(TOO_LONG)
    return Rewrite(rewritten, tuple(rules)) if rules else Send(text)
