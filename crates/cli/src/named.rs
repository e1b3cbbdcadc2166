//! Batches that are named by their ids, or by the first characters of them.

use std::io::Write;

use qwen_batches::{Batch, ListBatches};

use crate::dialect::Dialect;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::terminal;
use crate::waiting::Waiting;
use crate::words::count;

/// What ids begin with, here and with other vendors: nobody needs to type it.
const PREFIX: &str = "batch_";

/// How many ids an error names.
const NAMED: usize = 5;

/// Finds the batches that are named, in the order of the list, which is read as far as it takes.
/// A name that is no batch, or several, is an error; then there is no batch at all.
pub(crate) async fn find(
    names: &[String],
    list: ListBatches,
    dialect: Dialect,
    waiting: &mut Waiting,
    err: &mut dyn Write,
) -> Result<Vec<Batch>, Failure> {
    let mut named = Named::new(names);
    let mut pages = list.pages();
    let mut rows = 0;
    while !named.is_complete() {
        let page = waiting.page(&mut pages, rows).await;
        let Some(page) = page.map_err(|stopped| stopped.failure(dialect))? else {
            break;
        };
        rows += page.rows.len() as u64;
        for row in page.unreadable {
            terminal::line(err, &format!("warning: unreadable row: {row}"));
        }
        page.rows.into_iter().for_each(|batch| named.add(batch));
    }
    named.finish()
}

/// The batches that names have matched so far.
struct Named<'a> {
    names: &'a [String],
    matches: Vec<Batch>,
}

impl<'a> Named<'a> {
    fn new(names: &'a [String]) -> Self {
        Self {
            names,
            matches: Vec::new(),
        }
    }

    fn add(&mut self, batch: Batch) {
        if self.names.iter().any(|name| begins(&batch.id, name)) {
            self.matches.push(batch);
        }
    }

    /// Whether each name is a whole id that was found: more batches cannot change what it means.
    fn is_complete(&self) -> bool {
        let is_found = |name: &String| self.matches.iter().any(|batch| batch.id == *name);
        self.names.iter().all(is_found)
    }

    fn finish(self) -> Result<Vec<Batch>, Failure> {
        let mut ids = Vec::new();
        let mut lines = Vec::new();
        for name in self.names {
            match self.ids(name).as_slice() {
                [id] => ids.push((*id).to_owned()),
                [] => lines.push(format!("no batch has an id that begins with `{name}`")),
                several => lines.push(ambiguous(name, several)),
            }
        }
        let mut lines = lines.into_iter();
        let Some(first) = lines.next() else {
            let mut batches = self.matches;
            batches.retain(|batch| ids.contains(&batch.id));
            return Ok(batches);
        };
        let failure = Failure::new(Exit::Usage, first);
        Err(lines.fold(failure, |failure, line| {
            failure.line(format!("error: {line}"))
        }))
    }

    /// The ids that a name can mean: that which it is, else those that begin with it.
    fn ids(&self, name: &str) -> Vec<&str> {
        let ids = self.matches.iter().map(|batch| batch.id.as_str());
        match ids.clone().find(|id| *id == name) {
            Some(id) => vec![id],
            None => ids.filter(|id| begins(id, name)).collect(),
        }
    }
}

fn begins(id: &str, name: &str) -> bool {
    let rest = id.strip_prefix(PREFIX);
    id.starts_with(name) || rest.is_some_and(|rest| rest.starts_with(name))
}

fn ambiguous(name: &str, ids: &[&str]) -> String {
    let (shown, more) = ids.split_at(ids.len().min(NAMED));
    let more = match more.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!(
        "`{name}` is ambiguous: {} begin with it: {}{more}",
        count(ids.len(), "id"),
        shown.join(", ")
    )
}
