//! Codes of Qwen Cloud that pass with a payment, and with nothing else (documented).

const CODES: [(&str, &str); 4] = [
    (
        "Arrearage",
        ". The account is in arrears: pay its bill, then try again",
    ),
    (
        "PrepaidBillOverdue",
        ". The prepaid plan has run out: renew it, then try again",
    ),
    (
        "PostpaidBillOverdue",
        ". A bill of the account is overdue: pay it, then try again",
    ),
    (
        "CommodityNotPurchased",
        ". The account has not activated the service: do so in its console, then try again",
    ),
];

/// What to do about such a code, as the end of a sentence.
pub(crate) fn advice(code: &str) -> Option<&'static str> {
    let known = CODES
        .iter()
        .find(|(known, _)| code.eq_ignore_ascii_case(known));
    known.map(|(_, advice)| *advice)
}
