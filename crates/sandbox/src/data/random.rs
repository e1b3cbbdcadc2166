//! Independent streams of random numbers out of one seed.

use fastrand::Rng;

/// What a stream is drawn for: streams of different purposes, and of different
/// indices, have nothing to do with each other.
#[derive(Clone, Copy)]
pub(super) enum Purpose {
    Timeline,
    Deck,
    File,
    Request,
    Text,
    Lifecycle,
    Simulation,
}

impl Purpose {
    pub(super) fn rng(self, seed: u64, index: u64) -> Rng {
        [seed, self as u64, index]
            .into_iter()
            .fold(Rng::with_seed(0), |mut rng, part| {
                Rng::with_seed(rng.u64(..) ^ part)
            })
    }
}

/// 128 random bits in the shape of a version 4 UUID.
pub(super) fn uuid(rng: &mut Rng) -> String {
    let bits = rng.u128(..);
    format!(
        "{:08x}-{:04x}-4{:03x}-{:x}{:03x}-{:012x}",
        (bits >> 96) as u32,
        (bits >> 80) as u16,
        (bits >> 64) & 0xfff,
        8 + ((bits >> 62) & 0x3),
        (bits >> 48) & 0xfff,
        bits & 0xffff_ffff_ffff,
    )
}

/// A number from `low` to `high` that is small more often than not: each doubling
/// of the range is as likely as the next. `low` must be positive.
pub(super) fn by_magnitude(rng: &mut Rng, low: i64, high: i64) -> i64 {
    let high = high.max(low);
    let doublings = (high / low).ilog2();
    let start = low << rng.u32(0..=doublings);
    rng.i64(start..=high.min(start * 2))
}
