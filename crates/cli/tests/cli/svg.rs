//! Screens as a picture.

use std::fmt::Write as _;

use vt100::{Cell, Color, Screen};

const CELL_WIDTH: f32 = 8.4;
const LINE_HEIGHT: f32 = 18.0;
const MARGIN: f32 = 14.0;

/// How long each screen is shown, and for how many times as long the last one.
const SECONDS: f32 = 1.4;
const LAST: usize = 4;

/// The screens one after the other, over and over; their lines below that of the command.
///
/// Where nothing may move, the last one is shown.
pub(crate) fn render(title: &str, command: &str, screens: &[Screen]) -> String {
    let lines: Vec<Vec<Line>> = screens.iter().map(lines).collect();
    let columns = screens.iter().map(|screen| screen.size().1.get()).max();
    let rows = 1 + lines.iter().map(Vec::len).max().unwrap_or_default();
    let width = f32::from(columns.unwrap_or_default()) * CELL_WIDTH + 2.0 * MARGIN;
    let height = rows as f32 * LINE_HEIGHT + 2.0 * MARGIN;
    let slots = screens.len() - 1 + LAST;
    let total = slots as f32 * SECONDS;
    let share = 100.0 / slots as f32;
    let last_share = share * LAST as f32;

    let mut svg = format!(
        "<!-- Written by `cargo xtask screenshot`. -->\n\
         <svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" \
         width=\"{width:.0}\" height=\"{height:.0}\" role=\"img\">\n\
         <title>{title}</title>\n\
         <style>\n\
         text {{ font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; \
         fill: #d0d7de; white-space: pre }}\n\
         .bold {{ font-weight: bold }}\n\
         .c1 {{ fill: #ff7b72 }} .c2 {{ fill: #3fb950 }} .c3 {{ fill: #d29922 }} \
         .c6 {{ fill: #39c5cf }} .prompt {{ fill: #8b949e }}\n"
    );
    if screens.len() > 1 {
        let _ = write!(
            svg,
            "@keyframes one {{ 0% {{ visibility: visible }} {share:.3}% {{ visibility: hidden }} }}\n\
             @keyframes last {{ 0% {{ visibility: visible }} {last_share:.3}% {{ visibility: hidden }} }}\n\
             .screen {{ visibility: hidden; animation: one {total:.1}s step-end infinite }}\n\
             .last {{ visibility: visible; animation-name: last }}\n\
             @media (prefers-reduced-motion: reduce) {{ .screen {{ animation: none }} }}\n"
        );
    }
    let _ = write!(
        svg,
        "</style>\n<rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"#0d1117\"/>\n"
    );
    let prompt = [Piece::new(0, "$", "prompt"), Piece::new(2, command, "bold")];
    svg.push_str(&line(0, &prompt));
    for (n, lines) in lines.iter().enumerate() {
        // As if it had been shown for a while: before its time, an animation has no effect.
        let delay = n as f32 * SECONDS - total;
        let _ = match n + 1 {
            _ if screens.len() == 1 => writeln!(svg, "<g>"),
            n if n == screens.len() => writeln!(
                svg,
                "<g class=\"screen last\" style=\"animation-delay: {delay:.1}s\">"
            ),
            _ => writeln!(
                svg,
                "<g class=\"screen\" style=\"animation-delay: {delay:.1}s\">"
            ),
        };
        for (row, pieces) in lines.iter().enumerate() {
            svg.push_str(&line(row + 1, pieces));
        }
        svg.push_str("</g>\n");
    }
    svg.push_str("</svg>\n");
    svg
}

type Line = Vec<Piece>;

/// Letters of one look, without a gap between them.
#[derive(Clone, Debug, PartialEq)]
struct Piece {
    column: usize,
    /// How many columns it takes.
    width: usize,
    text: String,
    class: String,
}

impl Piece {
    fn new(column: usize, text: &str, class: &str) -> Self {
        Self {
            column,
            width: text.chars().count(),
            text: text.to_owned(),
            class: class.to_owned(),
        }
    }
}

/// What is on the screen, without blank lines at its end.
fn lines(screen: &Screen) -> Vec<Line> {
    let (rows, columns) = screen.size();
    let mut lines: Vec<Line> = (0..rows.get())
        .map(|row| {
            let cells = (0..columns.get()).filter_map(|column| screen.cell(row, column));
            pieces(cells)
        })
        .collect();
    while lines.last().is_some_and(Vec::is_empty) {
        lines.pop();
    }
    lines
}

fn pieces<'a>(cells: impl Iterator<Item = &'a Cell>) -> Line {
    let mut pieces: Line = Vec::new();
    for (column, cell) in cells.enumerate() {
        let text = cell.contents();
        if cell.is_wide_continuation() || text.trim().is_empty() {
            continue;
        }
        let class = class(cell);
        let width = if cell.is_wide() { 2 } else { 1 };
        match pieces.last_mut() {
            // A single blank is a part of the piece: a font may be wider or narrower than ours.
            Some(last) if last.class == class && column <= last.column + last.width + 1 => {
                if column > last.column + last.width {
                    last.text.push(' ');
                }
                last.text.push_str(text);
                last.width = column + width - last.column;
            }
            _ => pieces.push(Piece {
                column,
                width,
                text: text.to_owned(),
                class,
            }),
        }
    }
    pieces
}

fn class(cell: &Cell) -> String {
    let mut classes = Vec::new();
    if cell.bold() {
        classes.push("bold".to_owned());
    }
    if let Color::Idx(index) = cell.fgcolor() {
        assert!([1, 2, 3, 6].contains(&index), "no colour for {index}");
        classes.push(format!("c{index}"));
    }
    classes.join(" ")
}

fn line(row: usize, pieces: &[Piece]) -> String {
    let y = MARGIN + (row as f32 + 0.75) * LINE_HEIGHT;
    let pieces = pieces.iter().map(|piece| {
        let x = MARGIN + piece.column as f32 * CELL_WIDTH;
        let length = piece.width as f32 * CELL_WIDTH;
        let class = match piece.class.as_str() {
            "" => String::new(),
            class => format!(" class=\"{class}\""),
        };
        let text = escape(&piece.text);
        format!(
            "<text x=\"{x:.1}\" y=\"{y:.1}\" textLength=\"{length:.1}\" \
             lengthAdjust=\"spacingAndGlyphs\"{class}>{text}</text>\n"
        )
    });
    pieces.collect()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
