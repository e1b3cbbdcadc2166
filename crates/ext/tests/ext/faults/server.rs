//! What the server does at every request, and what the client knows of it.

use proptest::prelude::*;
use qwen_batches_sandbox::{
    Bounds, Fault, FilterParam, IdsOf, NameMatch, Order, Quirk, Sandbox, SandboxBuilder,
    UnknownCursor,
};

use super::troubles::{FILTERS, flaws};

/// What the server does at every request.
#[derive(Clone, Debug)]
pub(super) struct Server {
    pub(super) bounds: Bounds,
    pub(super) over_reports: bool,
    pub(super) ignores: Vec<FilterParam>,
    /// The zone in which it reads times.
    pub(super) zone: i8,
    pub(super) host: Host,
    pub(super) names: NameMatch,
    pub(super) unknown_cursor: UnknownCursor,
    pub(super) order: Order,
    /// Which ids are encoded.
    pub(super) ids: Option<IdsOf>,
    /// What is wrong with its rows.
    pub(super) flaws: Vec<Fault>,
}

/// What the client knows of the zone in which the server reads times.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Host {
    Stated,
    /// By the host, that it is UTC+8.
    Beijing,
    /// By the host, that it is UTC or UTC+8.
    Singapore,
    /// Nothing, so that no time is sent.
    Silent,
}

impl Host {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Stated | Self::Silent => "127.0.0.1",
            Self::Beijing => "dashscope.aliyuncs.com",
            Self::Singapore => "dashscope-intl.aliyuncs.com",
        }
    }

    pub(super) fn base_url(self, sandbox: &Sandbox) -> String {
        let port = sandbox.address().port();
        format!("http://{}:{port}/compatible-mode/v1", self.name())
    }
}

impl Server {
    pub(super) fn build(&self, sandbox: SandboxBuilder) -> SandboxBuilder {
        let mut faults: Vec<Fault> = vec![
            Quirk::Bounds(self.bounds).into(),
            Quirk::ZoneOffsetHours(self.zone).into(),
            Quirk::Names(self.names).into(),
            Quirk::UnknownCursor(self.unknown_cursor).into(),
            Fault::Order { is: self.order },
        ];
        faults.extend(self.over_reports.then(|| Quirk::OverReportsMore.into()));
        faults.extend((!self.ignores.is_empty()).then(|| Fault::IgnoreFilters {
            filters: self.ignores.clone(),
        }));
        faults.extend(self.ids.map(|of| Fault::EncodedIds { of }));
        faults.extend(self.flaws.iter().cloned());
        faults.into_iter().fold(sandbox, SandboxBuilder::always)
    }

    pub(super) fn ignores(&self, filter: FilterParam) -> bool {
        self.ignores.contains(&filter)
    }

    /// Whether a list whose filter has this text holds a batch of this name.
    pub(super) fn finds(&self, text: &str, name: Option<&str>) -> bool {
        let Some(name) = name else {
            return false;
        };
        let (caseless, wanted) = (name.to_lowercase(), text.to_lowercase());
        match self.names {
            _ if self.ignores(FilterParam::DsName) => caseless.contains(&wanted),
            NameMatch::Fuzzy => {
                let mut rest = caseless.chars();
                wanted.chars().all(|wanted| rest.any(|it| it == wanted))
            }
            NameMatch::IgnoresCase => caseless.contains(&wanted),
            _ => name.contains(text),
        }
    }
}

pub(super) fn servers() -> impl Strategy<Value = Server> {
    use UnknownCursor::{BadRequest, EmptyPage, FirstPage, NotFound};

    let all = [&FILTERS[..], &[FilterParam::DsName]].concat();
    let ignores = prop_oneof![
        4 => Just(Vec::new()),
        1 => Just(all.clone()),
        2 => proptest::sample::subsequence(all, 1..=4),
    ];
    let order = prop_oneof![
        6 => Just(Order::NewestFirst),
        1 => Just(Order::OldestFirst),
        1 => Just(Order::Interleaved),
        1 => Just(Order::TwoRuns),
        1 => Just(Order::ReversedPages),
        1 => (2_usize..20).prop_map(|every| Order::SomeLast { every }),
    ];
    let ids = prop_oneof![
        6 => Just(None),
        1 => Just(Some(IdsOf::Page)),
        1 => Just(Some(IdsOf::Rows)),
        1 => Just(Some(IdsOf::Both)),
    ];
    let names = prop_oneof![
        2 => Just(NameMatch::Contains),
        1 => Just(NameMatch::IgnoresCase),
        1 => Just(NameMatch::Fuzzy),
    ];
    let any = || -12_i8..=12;
    let zone = prop_oneof![
        6 => Just((8, Host::Stated)),
        1 => any().prop_map(|zone| (zone, Host::Stated)),
        1 => any().prop_map(|zone| (zone, Host::Silent)),
        1 => Just((8, Host::Beijing)),
        1 => Just((8, Host::Singapore)),
        2 => Just((0, Host::Singapore)),
    ];
    let flaws = prop_oneof![
        2 => Just(Vec::new()),
        1 => proptest::collection::vec(flaws(), 1..=3),
    ];
    let unknown = proptest::sample::select(vec![BadRequest, NotFound, EmptyPage, FirstPage]);
    let bounds = proptest::sample::select(vec![Bounds::Inclusive, Bounds::Exclusive]);
    let over_reports = proptest::bool::weighted(0.2);
    (
        bounds,
        over_reports,
        ignores,
        zone,
        names,
        unknown,
        order,
        (ids, flaws),
    )
        .prop_map(
            |(bounds, over_reports, ignores, (zone, host), names, unknown_cursor, order, rest)| {
                let (ids, flaws) = rest;
                Server {
                    bounds,
                    over_reports,
                    ignores,
                    zone,
                    host,
                    names,
                    unknown_cursor,
                    order,
                    ids,
                    flaws,
                }
            },
        )
}

/// Whether rows that come newest first may be followed by newer ones.
pub(super) fn is_mixed(order: Order) -> bool {
    !matches!(order, Order::NewestFirst | Order::OldestFirst)
}
