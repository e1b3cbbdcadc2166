//! Batches that are named by their ids, or by the first characters of them.

use std::collections::HashSet;
use std::io::Write;

use qwen_batches::{Batch, BatchFilter, Client, ErrorKind, ListBatches};

use crate::dialect::Dialect;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::terminal;
use crate::waiting::{Stopped, Waiting};
use crate::words::count;

/// What ids begin with, here and with other vendors: nobody needs to type it.
const PREFIX: &str = "batch_";

/// How many ids an error names.
const NAMED: usize = 5;

/// Gets the batches that are named. Each is asked for by its id; only what the service does not know
/// as an id is looked for in the list, which costs more calls. Errors are those of [`find`].
pub(crate) async fn get(
    names: &[String],
    client: &Client,
    dialect: Dialect,
    waiting: &mut Waiting,
    err: &mut dyn Write,
) -> Result<Vec<Batch>, Failure> {
    let mut batches: Vec<Batch> = Vec::new();
    let mut unknown = Vec::new();
    for name in names {
        let batch = client.batch(name.as_str()).get();
        match waiting.work("looking for a batch", batch).await {
            Ok(batch) => batches.push(batch),
            // How the service treats an id that it does not know is undocumented.
            Err(Stopped::Failed(error))
                if matches!(error.kind(), ErrorKind::Refused | ErrorKind::InvalidRequest) =>
            {
                unknown.push(name.clone());
            }
            Err(stopped) => return Err(stopped.failure(dialect)),
        }
    }
    if !unknown.is_empty() {
        let list = client.list_batches(BatchFilter::new());
        batches.extend(find(&unknown, list, dialect, waiting, err).await?);
    }
    let mut ids = HashSet::new();
    batches.retain(|batch| ids.insert(batch.id.clone()));
    Ok(batches)
}

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
    named.finish(dialect)
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

    fn finish(self, dialect: Dialect) -> Result<Vec<Batch>, Failure> {
        let mut ids = Vec::new();
        let mut lines = Vec::new();
        for name in self.names {
            match self.ids(name).as_slice() {
                [id] => ids.push((*id).to_owned()),
                [] => {
                    let known = match dialect.horizon() {
                        Some(most) => format!(" of the last {} days", most.as_hours() / 24),
                        None => String::new(),
                    };
                    lines.push(format!(
                        "no batch{known} has an id that begins with `{name}`"
                    ));
                }
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
