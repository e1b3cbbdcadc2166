//! What was measured, and what that comes to: medians, noise, verdicts.

use std::fmt;

use anyhow::Result;

/// A figure that may have a target.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Finding {
    /// What was done.
    pub(super) work: String,
    /// What was compared, or which figure it is.
    pub(super) what: String,
    pub(super) unit: Unit,
    /// One figure for each run, in their order. Never empty.
    pub(super) runs: Vec<f64>,
    /// The most that the median should be.
    pub(super) target: Option<f64>,
    /// Figures behind this one.
    pub(super) behind: Vec<Behind>,
    /// What was run.
    pub(super) commands: Vec<String>,
}

/// A figure of either side, before it became a ratio; each a median.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Behind {
    pub(super) figure: &'static str,
    pub(super) unit: Unit,
    pub(super) ours: f64,
    pub(super) theirs: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    Ratio,
    Seconds,
    Milliseconds,
    Mebibytes,
    Count,
}

/// Does `ours` and `theirs` in turn; in each round the other one begins. Both are done once before,
/// unless that is too dear, and that is not counted.
pub(super) fn pairs<T>(
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
pub(super) fn median(values: impl IntoIterator<Item = f64>) -> f64 {
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
    /// The medians of a figure of both sides.
    pub(super) fn medians<T>(
        figure: &'static str,
        unit: Unit,
        pairs: &[(T, T)],
        of: impl Fn(&T) -> f64,
    ) -> Self {
        Self {
            figure,
            unit,
            ours: median(pairs.iter().map(|(ours, _)| of(ours))),
            theirs: median(pairs.iter().map(|(_, theirs)| of(theirs))),
        }
    }
}

impl Finding {
    pub(super) fn median(&self) -> f64 {
        median(self.runs.iter().copied())
    }

    /// The median, and the least and the most of all runs, within which another one is expected.
    pub(super) fn measured(&self) -> String {
        self.unit.show(self.median())
    }

    pub(super) fn noise(&self) -> String {
        let least = self.runs.iter().copied().fold(f64::INFINITY, f64::min);
        let most = self.runs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let (least, most) = (self.unit.show(least), self.unit.show(most));
        match self.runs.len() {
            1 => "1 run".to_owned(),
            count => format!("{least} to {most} in {count} runs"),
        }
    }

    pub(super) fn verdict(&self) -> String {
        let median = self.median();
        match self.target {
            None => String::new(),
            Some(target) if median <= target => "met".to_owned(),
            // What is not a number has met nothing either.
            Some(target) => format!("MISSED by {:.0} %", (median / target - 1.0) * 100.0),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}: {}", self.work, self.what, self.measured())?;
        write!(f, " ({})", self.noise())?;
        match self.target {
            None => Ok(()),
            Some(target) => write!(
                f,
                ", at most {}: {}",
                self.unit.show(target),
                self.verdict()
            ),
        }
    }
}

impl Unit {
    pub(super) fn show(self, value: f64) -> String {
        match self {
            // As people say it.
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
    use super::*;

    fn finding(runs: &[f64], target: Option<f64>) -> Finding {
        Finding {
            work: "100 rows".to_owned(),
            what: "time, of the floor's".to_owned(),
            unit: Unit::Ratio,
            runs: runs.to_vec(),
            target,
            behind: Vec::new(),
            commands: Vec::new(),
        }
    }

    #[test]
    fn medians() {
        assert_eq!(median([3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median([4.0, 1.0, 2.0, 3.0]), 2.5);
        assert_eq!(median([7.0]), 7.0);
        assert!(median([]).is_nan());
    }

    #[test]
    fn sides_take_turns() {
        use std::cell::RefCell;

        let order = RefCell::new(String::new());
        let side = |name: char| {
            order.borrow_mut().push(name);
            Ok(name)
        };
        let both = pairs(3, true, || side('o'), || side('t')).unwrap();
        assert_eq!(both, [('o', 't'); 3]);
        assert_eq!(order.take(), "otottoot");
        pairs(1, false, || side('o'), || side('t')).unwrap();
        assert_eq!(order.take(), "ot");
        let broken = pairs(1, false, || side('o'), || anyhow::bail!("broken"));
        assert!(broken.is_err());
    }

    #[test]
    fn what_misses_its_target_says_by_how_much() {
        for (median, verdict) in [
            (1.0, "met"),
            (1.1, "met"),
            (1.21, "MISSED by 10 %"),
            (f64::NAN, "MISSED by NaN %"),
        ] {
            assert_eq!(finding(&[median], Some(1.1)).verdict(), verdict);
        }
        assert_eq!(finding(&[9.0], None).verdict(), "");
    }

    #[test]
    fn a_finding_tells_its_noise() {
        let text = finding(&[1.0, 1.3, 1.1], Some(1.05)).to_string();
        assert_eq!(
            text,
            "100 rows, time, of the floor's: 1.100 (1.000 to 1.300 in 3 runs), at most 1.050: \
             MISSED by 5 %"
        );
        let text = finding(&[0.05], None).to_string();
        assert_eq!(text, "100 rows, time, of the floor's: 1/20.0 (1 run)");
    }

    #[test]
    fn units_are_shown() {
        for (unit, value, shown) in [
            (Unit::Ratio, 1.0 / 15.0, "1/15.0"),
            (Unit::Ratio, 0.2, "0.200"),
            (Unit::Ratio, 0.0, "0.000"),
            (Unit::Seconds, 1.234, "1.23 s"),
            (Unit::Milliseconds, 12.34, "12.3 ms"),
            (Unit::Mebibytes, -0.5, "-0.5 MiB"),
            (Unit::Count, 100.0, "100"),
        ] {
            assert_eq!(unit.show(value), shown);
        }
    }
}
