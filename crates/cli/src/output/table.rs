//! Columns for people.
//!
//! Where stdout is no terminal, their widths are fixed. On a terminal, they are those that the
//! first page needs, and no line is longer than the terminal is wide.

use std::io::{self, Write};

use qwen_batches::Batch;

use super::columns::Column;
use super::format::{RenderOptions, Rows};
use crate::layout::{Cell, Layout};

pub(super) struct Table<'a> {
    options: RenderOptions,
    /// How the columns stand, once it is known.
    layout: Option<Layout>,
    has_header: bool,
    out: &'a mut dyn Write,
}

impl<'a> Table<'a> {
    pub(super) fn start(options: RenderOptions, has_header: bool, out: &'a mut dyn Write) -> Self {
        Self {
            options,
            layout: None,
            has_header,
            out,
        }
    }

    fn columns(&self) -> &[Column] {
        match (&self.options.columns, self.options.screen.width) {
            (Some(columns), _) => columns,
            (None, Some(_)) => &Column::TERMINAL,
            (None, None) => &Column::TABLE,
        }
    }

    fn lay_out(&self, rows: &[Vec<Cell>]) -> Layout {
        let RenderOptions { times, screen, .. } = &self.options;
        let places = self.columns().iter().map(|column| column.place(times));
        let mut places: Vec<_> = places.collect();
        if self.options.columns.is_some() {
            // What was asked for is not left out.
            places.iter_mut().for_each(|place| place.rank = 0);
        }
        match screen.width {
            Some(width) => Layout::fitted(places, width, rows, screen.color),
            None => Layout::fixed(places, screen.color),
        }
    }
}

impl Rows for Table<'_> {
    fn write(&mut self, batches: &[Batch]) -> io::Result<()> {
        let times = &self.options.times;
        let cells = |batch| -> Vec<Cell> {
            let columns = self.columns().iter();
            columns.map(|column| column.cell(batch, times)).collect()
        };
        let rows: Vec<_> = batches.iter().map(cells).collect();
        let layout = match self.layout.take() {
            Some(layout) => layout,
            None => {
                let layout = self.lay_out(&rows);
                if self.has_header {
                    writeln!(self.out, "{}", layout.header())?;
                }
                layout
            }
        };
        for row in &rows {
            writeln!(self.out, "{}", layout.line(row))?;
        }
        self.layout = Some(layout);
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    fn hidden(&self) -> Vec<String> {
        let hidden = self.layout.iter().flat_map(Layout::hidden);
        hidden.map(str::to_owned).collect()
    }
}
