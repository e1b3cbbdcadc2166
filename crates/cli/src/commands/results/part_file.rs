//! A file that gets its name when it is whole.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// A file under way, beside the one that it is to be. Dropped before that, it is removed.
#[derive(Debug)]
pub(super) struct PartFile {
    file: BufWriter<File>,
    path: PathBuf,
    is_kept: bool,
}

impl PartFile {
    /// One that no other process writes.
    pub(super) fn create(folder: &Path, name: &str) -> io::Result<Self> {
        let path = folder.join(format!(".{name}.{}.part", std::process::id()));
        Ok(Self {
            file: BufWriter::with_capacity(1 << 16, File::create(&path)?),
            path,
            is_kept: false,
        })
    }

    /// Gives it its name, in one step: what has it is whole, even after a power cut.
    pub(super) fn keep_as(mut self, path: &Path) -> io::Result<()> {
        self.file.flush()?;
        self.file.get_ref().sync_all()?;
        fs::rename(&self.path, path)?;
        self.is_kept = true;
        Ok(())
    }
}

impl Write for PartFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for PartFile {
    fn drop(&mut self) {
        if !self.is_kept {
            // What stays has a name that nobody reads.
            let _ = fs::remove_file(&self.path);
        }
    }
}
