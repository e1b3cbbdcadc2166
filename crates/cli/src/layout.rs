//! Cells in columns that fit a terminal.

use std::borrow::Cow;

use anstyle::Style;
use unicode_width::UnicodeWidthStr as _;

use crate::style::{self, paint};
use crate::terminal::{escape, fit};

/// What stands between two columns.
const GAP: usize = 2;

/// A column, before it is known how much room there is.
#[derive(Clone, Debug)]
pub(crate) struct Column {
    pub(crate) title: String,
    /// How wide it is where no terminal limits it.
    pub(crate) usual: usize,
    /// The width down to which its cells may be cut; none if they are never cut.
    pub(crate) least: Option<usize>,
    /// Who gets room first, from 1 on; 0 is shown at any rate.
    pub(crate) rank: u8,
}

/// A text in a column.
#[derive(Clone, Debug)]
pub(crate) struct Cell {
    pub(crate) text: String,
    pub(crate) style: Style,
}

impl Cell {
    pub(crate) fn plain(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            style: style::PLAIN,
        }
    }
}

/// Columns with their widths.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    columns: Vec<Column>,
    /// The columns that are shown, by their places, and their widths.
    shown: Vec<(usize, usize)>,
    /// How long a line may be; none if it may be of any length.
    room: Option<usize>,
    color: bool,
}

impl Layout {
    /// Each column in its usual width, however long the lines become.
    pub(crate) fn fixed(columns: Vec<Column>, color: bool) -> Self {
        let widths = columns.iter().map(|column| column.usual);
        Self {
            shown: widths.enumerate().collect(),
            columns,
            room: None,
            color,
        }
    }

    /// The columns for which there is `room`, the most important ones first, each as wide as its
    /// cells among `rows`, which are those that are known so far.
    pub(crate) fn fitted(
        columns: Vec<Column>,
        room: usize,
        rows: &[Vec<Cell>],
        color: bool,
    ) -> Self {
        let natural = |place: usize| {
            let cells = rows.iter().map(|row| escape(&row[place].text).width());
            cells.max().unwrap_or(0).max(columns[place].title.width())
        };
        let mut order: Vec<usize> = (0..columns.len()).collect();
        order.sort_by_key(|place| columns[*place].rank);
        let mut shown: Vec<(usize, usize)> = Vec::new();
        for place in order {
            let natural = natural(place);
            let least = columns[place].least.map_or(natural, |it| it.min(natural));
            let longer = length(&shown) + least + if shown.is_empty() { 0 } else { GAP };
            if columns[place].rank == 0 || longer <= room {
                shown.push((place, least));
            }
        }
        shown.sort_unstable();
        // What is left goes to the cells that would be cut.
        let mut left = room.saturating_sub(length(&shown));
        for (place, width) in &mut shown {
            let more = natural(*place).saturating_sub(*width).min(left);
            *width += more;
            left -= more;
        }
        Self {
            columns,
            shown,
            room: Some(room),
            color,
        }
    }

    /// The titles of the columns for which there is no room.
    pub(crate) fn hidden(&self) -> impl Iterator<Item = &str> {
        let is_shown = |place| self.shown.iter().any(|(shown, _)| *shown == place);
        let columns = self.columns.iter().enumerate();
        columns
            .filter(move |(place, _)| !is_shown(*place))
            .map(|(_, column)| column.title.as_str())
    }

    /// The line of titles.
    pub(crate) fn header(&self) -> String {
        let titles = self.columns.iter().map(|column| Cell {
            text: column.title.clone(),
            style: style::HEADER,
        });
        self.line(&titles.collect::<Vec<_>>())
    }

    /// The line of a row, with a cell for each column, shown or not.
    ///
    /// A cell may be wider than its column, as rows of later pages are: then what follows is pushed
    /// to the right, and where the line has no room, the cells that may be cut give way.
    pub(crate) fn line(&self, cells: &[Cell]) -> String {
        let texts = self.shown.iter().map(|(place, _)| &*cells[*place].text);
        let texts: Vec<_> = texts.map(escape).collect();
        let mut room = self.room.unwrap_or(usize::MAX);
        let mut line = String::new();
        for (n, width) in self.widths(&texts).into_iter().enumerate() {
            let gap = if n > 0 { GAP.min(room) } else { 0 };
            let width = width.min(room - gap);
            room -= gap + width;
            let cell = fit(&texts[n], width);
            let text = cell.trim_end_matches(' ');
            line.extend(std::iter::repeat_n(' ', gap));
            let (place, _) = self.shown[n];
            line.push_str(&paint(text, cells[place].style, self.color));
            line.push_str(&cell[text.len()..]);
        }
        line.truncate(line.trim_end_matches(' ').len());
        line
    }

    /// How wide the cells of a row are.
    fn widths(&self, texts: &[Cow<'_, str>]) -> Vec<usize> {
        let mut shown = self.shown.clone();
        for ((place, width), text) in shown.iter_mut().zip(texts) {
            if self.room.is_some() || self.columns[*place].least.is_none() {
                *width = text.width().max(*width);
            }
        }
        let room = self.room.unwrap_or(usize::MAX);
        let mut excess = length(&shown).saturating_sub(room);
        // Cells that are wider than their columns give way before the columns themselves do.
        let least = |n: usize| self.columns[self.shown[n].0].least;
        let down_to: [&dyn Fn(usize) -> Option<usize>; 2] =
            [&|n| least(n).map(|_| self.shown[n].1), &least];
        for down_to in down_to {
            for (n, (_, width)) in shown.iter_mut().enumerate() {
                let least = down_to(n).unwrap_or(usize::MAX);
                let less = width.saturating_sub(least).min(excess);
                *width -= less;
                excess -= less;
            }
        }
        shown.into_iter().map(|(_, width)| width).collect()
    }
}

/// How long a line of such columns is.
fn length(shown: &[(usize, usize)]) -> usize {
    let widths: usize = shown.iter().map(|(_, width)| width).sum();
    widths + GAP * shown.len().saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns() -> Vec<Column> {
        let column = |title: &str, usual, least, rank| Column {
            title: title.to_owned(),
            usual,
            least,
            rank,
        };
        vec![
            column("STATUS", 11, Some(11), 0),
            column("REQUESTS", 14, None, 3),
            column("NAME", 28, Some(6), 2),
            column("ID", 8, None, 1),
        ]
    }

    fn row(texts: [&str; 4]) -> Vec<Cell> {
        texts.map(Cell::plain).to_vec()
    }

    /// The lines that are printed, the first row of which is all that is known before.
    fn lines(room: Option<usize>, rows: &[[&str; 4]]) -> Vec<String> {
        let rows: Vec<_> = rows.iter().map(|texts| row(*texts)).collect();
        let layout = match room {
            Some(room) => Layout::fitted(columns(), room, &rows[..1], false),
            None => Layout::fixed(columns(), false),
        };
        let rows = rows.iter().map(|row| layout.line(row));
        [layout.header()].into_iter().chain(rows).collect()
    }

    const ROWS: [[&str; 4]; 3] = [
        ["completed", "9/10", "nightly evaluation", "batch_12"],
        [
            "failed",
            "1000000/1000000, 7 failed",
            "夜间评测🙂夜间评测",
            "batch_3",
        ],
        ["in_progress", "0/0", "", "batch_44444"],
    ];

    #[test]
    fn the_most_important_columns_get_room_first() {
        for (room, header, first) in [
            (
                80,
                "STATUS     REQUESTS  NAME                ID",
                "completed  9/10      nightly evaluation  batch_12",
            ),
            (
                40,
                "STATUS     REQUESTS  NAME       ID",
                "completed  9/10      nightly …  batch_12",
            ),
            (
                30,
                "STATUS     NAME       ID",
                "completed  nightly …  batch_12",
            ),
            (24, "STATUS     ID", "completed  batch_12"),
            (18, "STATUS     NAME", "completed  nightl…"),
            (12, "STATUS", "completed"),
            (4, "STA…", "com…"),
            (0, "", ""),
        ] {
            let lines = lines(Some(room), &ROWS[..1]);
            assert_eq!(lines, [header, first], "{room}");
        }
    }

    #[test]
    fn no_line_is_longer_than_its_room() {
        for room in 0..=100 {
            for line in lines(Some(room), &ROWS) {
                assert!(line.width() <= room, "{room}: {line}");
            }
        }
    }

    #[test]
    fn a_wider_cell_of_a_later_page_pushes_or_makes_others_give_way() {
        assert_eq!(
            lines(Some(60), &ROWS),
            [
                "STATUS     REQUESTS  NAME                ID",
                "completed  9/10      nightly evaluation  batch_12",
                "failed     1000000/1000000, 7 failed  夜间评测🙂…   batch_3",
                "in_progress  0/0                           batch_44444",
            ]
        );
        assert_eq!(
            lines(None, &ROWS)[2],
            "failed       1000000/1000000, 7 failed  夜间评测🙂夜间评测            batch_3"
        );
    }

    #[test]
    fn colour_takes_no_room() {
        let columns = columns();
        let mut first = row(ROWS[0]);
        first[0].style = style::BAD;
        let layout = Layout::fitted(columns, 40, &[first.clone()], true);
        assert_eq!(
            layout.line(&first),
            "\u{1b}[31mcompleted\u{1b}[0m  9/10      nightly …  batch_12"
        );
    }
}
