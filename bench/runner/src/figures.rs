//! What was measured: medians, noise, verdicts.

use std::fmt;

use anyhow::Result;

/// A figure that has a target.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Finding {
    /// What was done.
    pub(crate) work: String,
    /// What was compared, or which figure it is.
    pub(crate) what: String,
    pub(crate) unit: Unit,
    /// One figure for each run, in their order. Never empty.
    pub(crate) runs: Vec<f64>,
    /// The most that the median should be.
    pub(crate) target: f64,
    /// Figures behind this one.
    pub(crate) behind: Vec<Behind>,
    /// What was run.
    pub(crate) commands: Vec<String>,
}

/// A figure of either side, before it became a ratio; each a median.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Behind {
    pub(crate) figure: &'static str,
    pub(crate) unit: Unit,
    pub(crate) ours: f64,
    pub(crate) theirs: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    Ratio,
    Seconds,
    Milliseconds,
    Mebibytes,
    Count,
}

/// Does `ours` and `theirs` in turn; in each round the other one begins. Both are done once before,
/// unless that takes too long, and that is not counted.
pub(crate) fn pairs<T>(
    runs: usize,
    warm_up: bool,
    mut ours: impl FnMut() -> Result<T>,
    mut theirs: impl FnMut() -> Result<T>,
) -> Result<Vec<(T, T)>> {
    if warm_up {
        ours()?;
        theirs()?;
    }
    let mut pairs = Vec::with_capacity(runs);
    for run in 0..runs {
        pairs.push(if run % 2 == 0 {
            let ours = ours()?;
            (ours, theirs()?)
        } else {
            let theirs = theirs()?;
            (ours()?, theirs)
        });
    }
    Ok(pairs)
}

/// The middle of `values`; not a number where there are none.
pub(crate) fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => f64::NAN,
        count if count % 2 == 1 => values[middle],
        _ => f64::midpoint(values[middle - 1], values[middle]),
    }
}

impl Behind {
    pub(crate) fn medians(figure: &'static str, unit: Unit, pairs: &[(f64, f64)]) -> Self {
        Self {
            figure,
            unit,
            ours: median(pairs.iter().map(|(ours, _)| *ours)),
            theirs: median(pairs.iter().map(|(_, theirs)| *theirs)),
        }
    }
}

impl Finding {
    /// The ratio of both sides, one for each run.
    pub(crate) fn ratio(work: &str, what: String, target: f64, pairs: &[(f64, f64)]) -> Self {
        Self {
            work: work.to_owned(),
            what,
            unit: Unit::Ratio,
            runs: pairs.iter().map(|(ours, theirs)| ours / theirs).collect(),
            target,
            behind: Vec::new(),
            commands: Vec::new(),
        }
    }

    pub(crate) fn measured(&self) -> String {
        self.unit.show(median(self.runs.iter().copied()))
    }

    /// The least and the most of all runs, within which another one is expected.
    pub(crate) fn noise(&self) -> String {
        let least = self.runs.iter().copied().fold(f64::INFINITY, f64::min);
        let most = self.runs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let (least, most) = (self.unit.show(least), self.unit.show(most));
        match self.runs.len() {
            1 => "1 run".to_owned(),
            count => format!("{least} to {most} in {count} runs"),
        }
    }

    pub(crate) fn verdict(&self) -> String {
        let median = median(self.runs.iter().copied());
        // What is not a number has met nothing either.
        if median <= self.target {
            return "met".to_owned();
        }
        format!("MISSED by {:.0} %", (median / self.target - 1.0) * 100.0)
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (measured, noise) = (self.measured(), self.noise());
        let (target, verdict) = (self.unit.show(self.target), self.verdict());
        write!(f, "{}, {}: {measured}", self.work, self.what)?;
        write!(f, " ({noise}), at most {target}: {verdict}")
    }
}

impl Unit {
    pub(crate) fn show(self, value: f64) -> String {
        match self {
            Self::Ratio if value > 0.0 && value < 0.1 => format!("1/{:.1}", 1.0 / value),
            Self::Ratio => format!("{value:.3}"),
            Self::Seconds => format!("{value:.2} s"),
            Self::Milliseconds => format!("{value:.1} ms"),
            Self::Mebibytes => format!("{value:.1} MiB"),
            Self::Count => format!("{value:.0}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    #[test]
    fn medians_and_verdicts() {
        for (runs, text) in [
            (
                &[1.0, 1.3, 1.1][..],
                "1.100 (1.000 to 1.300 in 3 runs), at most 1.050: MISSED by 5 %",
            ),
            (
                &[0.04, 0.06],
                "1/20.0 (1/25.0 to 1/16.7 in 2 runs), at most 1.050: met",
            ),
            (&[1.05], "1.050 (1 run), at most 1.050: met"),
            (&[f64::NAN], "NaN (1 run), at most 1.050: MISSED by NaN %"),
        ] {
            let pairs: Vec<_> = runs.iter().map(|run| (*run, 1.0)).collect();
            let finding = Finding::ratio("rows", "time".to_owned(), 1.05, &pairs);
            assert_eq!(finding.to_string(), format!("rows, time: {text}"));
        }
    }

    #[test]
    fn sides_take_turns() {
        let order = RefCell::new(String::new());
        let side = |name: char| {
            order.borrow_mut().push(name);
            Ok(name)
        };
        let both = pairs(3, true, || side('o'), || side('t')).unwrap();
        assert_eq!(both, [('o', 't'); 3]);
        assert_eq!(order.take(), "otottoot");
    }
}
