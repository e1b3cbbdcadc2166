//! Files in which a command keeps for its next run how far it is.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use crate::exit::Exit;
use crate::failure::Failure;

/// A kind of such files.
#[derive(Debug)]
pub(crate) struct StoredFile {
    /// What is in it: `checkpoint`.
    pub(crate) content: &'static str,
    /// The option that names it: `list --checkpoint`.
    pub(crate) option: &'static str,
    /// No such file is larger: what is, is something else.
    pub(crate) max_bytes: u64,
}

impl StoredFile {
    /// What is stored at `path`, if there is such a file.
    pub(crate) fn read<T>(
        &self,
        path: &Path,
        parse: impl FnOnce(&[u8]) -> Option<T>,
    ) -> Result<Option<T>, Failure> {
        let unreadable = |error| refused(path, &format!("cannot be read: {error}"));
        // Before it is opened: a device or a pipe might not even open, or never end.
        match fs::metadata(path) {
            Ok(metadata) if metadata.is_file() => {}
            Ok(_) => return Err(refused(path, "not a regular file; name another one")),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(unreadable(error)),
        }
        let mut bytes = Vec::new();
        let file = File::open(path).map_err(unreadable)?;
        file.take(self.max_bytes + 1)
            .read_to_end(&mut bytes)
            .map_err(unreadable)?;
        let stored = if bytes.len() as u64 > self.max_bytes {
            None
        } else {
            parse(&bytes)
        };
        stored.map(Some).ok_or_else(|| {
            let Self {
                content, option, ..
            } = self;
            let reason = format!("not a {content} of `{option}`; name another file, or remove it");
            refused(path, &reason)
        })
    }

    /// Stores at `path`, in one step: whoever reads it finds the old text or the new one, even if
    /// the process is killed meanwhile.
    pub(crate) fn write(&self, path: &Path, text: &str) -> Result<(), Failure> {
        replace(path, text.as_bytes()).map_err(|error| {
            let (path, content) = (path.display(), self.content);
            Failure::new(
                Exit::Failure,
                format!("{path}: the {content} cannot be written: {error}"),
            )
        })
    }
}

/// A file that cannot be what was meant.
pub(crate) fn refused(path: &Path, reason: &str) -> Failure {
    Failure::new(Exit::Usage, format!("{}: {reason}", path.display()))
}

/// The path of a file that stands beside `path`.
pub(crate) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let temporary = beside(path, ".tmp");
    let mut file = File::create(&temporary)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(temporary, path)
}
