//! A screen as a picture.

use anstyle::{AnsiColor, Style};
use vt100::{Cell, Color, Screen};

/// The command, and below it what is on the screen.
pub(crate) fn render(command: &str, screen: &Screen) -> String {
    let bold = Style::new().bold();
    let mut text = format!("$ {bold}{command}{bold:#}");
    let (rows, columns) = screen.size();
    for row in 0..rows.get() {
        let mut current = Style::new();
        text.push('\n');
        for cell in (0..columns.get()).filter_map(|column| screen.cell(row, column)) {
            if cell.is_wide_continuation() {
                continue;
            }
            let style = style(cell);
            if style != current {
                text.push_str(&format!("{current:#}{style}"));
                current = style;
            }
            let contents = cell.contents();
            text.push_str(if contents.is_empty() { " " } else { contents });
        }
        text.truncate(text.trim_end_matches(' ').len());
        text.push_str(&format!("{current:#}"));
    }
    let picture = anstyle_svg::Term::new().render_svg(text.trim_end());
    format!("<!-- Written by `cargo xtask screenshot`. -->\n{picture}")
}

fn style(cell: &Cell) -> Style {
    let color = match cell.fgcolor() {
        Color::Idx(1) => Some(AnsiColor::Red.into()),
        Color::Idx(2) => Some(AnsiColor::Green.into()),
        Color::Idx(3) => Some(AnsiColor::Yellow.into()),
        Color::Idx(6) => Some(AnsiColor::Cyan.into()),
        Color::Default => None,
        other => panic!("no colour for {other:?}"),
    };
    let style = Style::new().fg_color(color);
    if cell.bold() { style.bold() } else { style }
}
