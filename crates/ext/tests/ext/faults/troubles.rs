//! What goes wrong at a request: faults, and what a client must make of each.

use proptest::prelude::*;
use qwen_batches_sandbox::{
    EmptyCursor, Fault, FilterParam, IdsOf, MemberChange, Selection, Sent, WrongId,
};
use serde_json::json;

/// A fault, by the name under which it is counted, and what a client must make of it.
#[derive(Clone, Debug)]
pub(super) struct Trouble {
    pub(super) fault: Fault,
    pub(super) weight: Weight,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Weight {
    /// The page arrives all the same.
    Harmless,
    /// Another attempt brings the page.
    Transient,
    /// It may end the list with an error.
    Grave,
}

pub(super) fn troubles() -> impl Strategy<Value = Trouble> {
    use Weight::{Grave, Harmless, Transient};

    let sent = || {
        prop_oneof![
            Just(Sent::Nothing),
            Just(Sent::Head),
            (0_usize..400).prop_map(Sent::Body)
        ]
    };
    let transient_status = proptest::sample::select(vec![408_u16, 409, 500, 502, 503, 504]);
    let grave_status = proptest::sample::select(vec![400_u16, 401, 403, 404, 422, 418, 302]);
    let with = |weight| move |fault| Trouble { fault, weight };
    prop_oneof![
        transient_status
            .prop_map(|status| Fault::Html { status })
            .prop_map(with(Transient)),
        Just(Fault::from(Fault::status(503).empty())).prop_map(with(Transient)),
        Just(Fault::from(Fault::status(429).header("retry-after", "1"))).prop_map(with(Transient)),
        sent()
            .prop_map(|after| Fault::Cut { after })
            .prop_map(with(Transient)),
        sent()
            .prop_map(|after| Fault::Reset { after })
            .prop_map(with(Transient)),
        Just(Fault::MalformedJson).prop_map(with(Transient)),
        Just(Fault::page_member("/data", MemberChange::Nested(1000))).prop_map(with(Transient)),
        sent()
            .prop_map(|after| Fault::Stall {
                after,
                for_ms: None
            })
            .prop_map(with(Transient)),
        Just(Fault::header("content-type", None)).prop_map(with(Harmless)),
        Just(Fault::SlowBytes {
            chunk: 97,
            pause_ms: Some(0)
        })
        .prop_map(with(Harmless)),
        Just(Fault::LastId {
            is: WrongId::Absent
        })
        .prop_map(with(Harmless)),
        Just(Fault::HasMore { says: Some(true) }).prop_map(with(Harmless)),
        flaws().prop_map(with(Harmless)),
        flaws().prop_map(with(Harmless)),
        page_flaws().prop_map(with(Harmless)),
        undated_rows().prop_map(with(Harmless)),
        // Of such a page, no row may be left to go on behind.
        nameless_rows().prop_map(with(Grave)),
        wrong_pages().prop_map(with(Grave)),
        proptest::sample::subsequence(&FILTERS[..], 1..=4)
            .prop_map(|filters| Fault::IgnoreFilters { filters })
            .prop_map(with(Harmless)),
        wrong_ids()
            .prop_map(|is| Fault::FirstId { is })
            .prop_map(with(Harmless)),
        (1_usize..4)
            .prop_map(|every| Fault::RepeatRows { every })
            .prop_map(with(Harmless)),
        wrong_ids()
            .prop_map(|is| Fault::LastId { is })
            .prop_map(with(Grave)),
        Just(Fault::EncodedIds { of: IdsOf::Page }).prop_map(with(Grave)),
        (1_u32..100)
            .prop_map(|seconds| Fault::Throttle { seconds })
            .prop_map(with(Harmless)),
        (1_usize..9)
            .prop_map(|rows| Fault::ExpireAtTail { rows })
            .prop_map(with(Harmless)),
        (1_usize..4)
            .prop_map(|rows| Fault::AppearAtHead { rows })
            .prop_map(with(Harmless)),
        grave_status
            .prop_map(|status| Fault::Html { status })
            .prop_map(with(Grave)),
        Just(Fault::ErrorAsSuccess).prop_map(with(Grave)),
        Just(Fault::redirect("https://elsewhere.example/")).prop_map(with(Grave)),
        Just(Fault::EndlessBody).prop_map(with(Grave)),
        Just(Fault::HasMore { says: None }).prop_map(with(Grave)),
        Just(Fault::StickyCursor).prop_map(with(Grave)),
        (1_usize..4)
            .prop_map(|length| Fault::CycleCursor { length })
            .prop_map(with(Grave)),
        (1_usize..6)
            .prop_map(|rows| Fault::OverlapRows { rows })
            .prop_map(with(Grave)),
        Just(Fault::RefuseCursor).prop_map(with(Grave)),
        Just(Fault::EmptyPage {
            has_more: true,
            cursor: EmptyCursor::None
        })
        .prop_map(with(Grave)),
        Just(Fault::EmptyPage {
            has_more: true,
            cursor: EmptyCursor::Same
        })
        .prop_map(with(Grave)),
    ]
}

/// Those that a server may ignore at one request and not at the next: what it makes of names is
/// learned once.
pub(super) const FILTERS: [FilterParam; 4] = [
    FilterParam::InputFileIds,
    FilterParam::Status,
    FilterParam::CreateAfter,
    FilterParam::CreateBefore,
];

/// Members whose loss costs no row.
pub(super) const MEMBERS: [&str; 15] = [
    "/object",
    "/endpoint",
    "/status",
    "/input_file_id",
    "/completion_window",
    "/errors",
    "/output_file_id",
    "/error_file_id",
    "/in_progress_at",
    "/expires_at",
    "/request_counts",
    "/request_counts/completed",
    "/metadata",
    "/metadata/ds_name",
    "/model",
];

/// What costs no row.
pub(super) fn flaws() -> impl Strategy<Value = Fault> {
    use MemberChange::{Float, Milliseconds, Text, Twice};

    let legible = proptest::sample::select(vec![Float, Milliseconds, Text, Twice]);
    prop_oneof![
        12 => changed(&MEMBERS, prop_oneof![illegible(), legible.clone()]),
        2 => changed(&["/created_at"], legible),
        1 => changed(&["/id"], Just(Twice)),
        1 => Just(Fault::RequiredMembersOnly),
        1 => Just(Fault::ByteOrderMark),
    ]
}

/// What costs a row, of which the id is known.
pub(super) fn undated_rows() -> impl Strategy<Value = Fault> {
    changed(&["/created_at"], illegible())
}

/// What costs a row, of which nothing is known.
pub(super) fn nameless_rows() -> impl Strategy<Value = Fault> {
    let others = [json!(null), json!(7), json!("x"), json!([]), json!({})];
    let other = (1_usize..6, proptest::sample::select(others.to_vec()));
    prop_oneof![
        1 => changed(&["/id"], illegible()),
        2 => other.prop_map(|(at, row)| Fault::BadRow { at, row }),
    ]
}

pub(super) fn changed(
    members: &'static [&'static str],
    becomes: impl Strategy<Value = MemberChange>,
) -> impl Strategy<Value = Fault> {
    let rows = prop_oneof![
        Just(Selection::from(..)),
        (1_usize..6).prop_map(Selection::from),
        (2_usize..4).prop_map(|every| Selection::from(..).every(every)),
    ];
    (rows, proptest::sample::select(members), becomes).prop_map(|(rows, pointer, becomes)| {
        Fault::Member {
            rows,
            pointer: pointer.to_owned(),
            becomes,
        }
    })
}

/// What leaves nothing of a member.
pub(super) fn illegible() -> impl Strategy<Value = MemberChange> {
    use MemberChange::{Absent, HugeNumber, InvalidUtf8, LoneSurrogate, Nan, Nested, Null};

    let other = |value| MemberChange::Value(value);
    let all = [Absent, Null, InvalidUtf8, LoneSurrogate, Nan, HugeNumber];
    let others = [
        Nested(200),
        other(json!(true)),
        other(json!([])),
        other(json!({})),
    ];
    proptest::sample::select([&all[..], &others].concat())
}

/// Members of a page that are wrong, and not needed.
pub(super) fn page_flaws() -> impl Strategy<Value = Fault> {
    let member = proptest::sample::select(vec!["/object", "/first_id", "/last_id", "/error"]);
    (member, illegible()).prop_map(|(pointer, becomes)| Fault::page_member(pointer, becomes))
}

/// What is no page.
pub(super) fn wrong_pages() -> impl Strategy<Value = Fault> {
    let page = |pointer, becomes| Fault::page_member(pointer, becomes);
    let other = |value| MemberChange::Value(value);
    proptest::sample::select(vec![
        page("/data", MemberChange::Absent),
        page("/data", MemberChange::Text),
        page("/data", MemberChange::Nan),
        page("/data", other(json!({}))),
        page("/has_more", MemberChange::Null),
        page("/has_more", MemberChange::Text),
        page("/has_more", other(json!(1))),
        page("/error", other(json!({ "message": "half of it" }))),
    ])
}

pub(super) fn wrong_ids() -> impl Strategy<Value = WrongId> {
    use WrongId::{Absent, FirstRow, LastRow, Null, Unknown};
    proptest::sample::select(vec![Absent, FirstRow, LastRow, Null, Unknown])
}

/// The member of rows that a fault changes.
pub(super) fn member(fault: &Fault) -> Option<&str> {
    let Fault::Member { pointer, .. } = fault else {
        return matches!(fault, Fault::RequiredMembersOnly).then_some("metadata");
    };
    pointer.split('/').nth(1)
}

pub(super) fn is_legible(change: &MemberChange) -> bool {
    use MemberChange::{Float, Milliseconds, Text, Twice};
    matches!(change, Float | Milliseconds | Text | Twice)
}

/// The filter that a fault deceives: its member has another value, and one that can be read.
pub(super) fn feigned(fault: &Fault) -> Option<FilterParam> {
    use MemberChange::{Absent, Null, Text};

    let Fault::Member {
        pointer, becomes, ..
    } = fault
    else {
        return matches!(fault, Fault::RequiredMembersOnly).then_some(FilterParam::DsName);
    };
    let is_empty = matches!(becomes, Absent | Null);
    match &**pointer {
        "/status" if *becomes == Text => Some(FilterParam::Status),
        "/input_file_id" if *becomes == Text => Some(FilterParam::InputFileIds),
        // A batch without a name is one.
        "/metadata" if is_empty || *becomes == MemberChange::Value(json!({})) => {
            Some(FilterParam::DsName)
        }
        "/metadata/ds_name" if is_empty || *becomes == Text => Some(FilterParam::DsName),
        _ => None,
    }
}
