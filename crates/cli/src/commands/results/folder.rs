//! The folder of `--dir`: a file for each batch, whole or not there.

use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader};
use std::path::{Path, PathBuf};

use qwen_batches::{Batch, ResultsReport};
use serde::Deserialize;

use super::part_file::PartFile;
use crate::exit::Exit;
use crate::failure::Failure;

/// Longer names are cut, as file systems do not take any.
const LONGEST: usize = 100;

#[derive(Clone, Debug)]
pub(super) struct Folder(PathBuf);

#[derive(Deserialize)]
struct KeptLine {
    ok: bool,
}

impl Folder {
    pub(super) fn open(path: &Path) -> Result<Self, Failure> {
        if path.exists() && !path.is_dir() {
            let message = format!("--dir {}: not a folder", path.display());
            return Err(Failure::new(Exit::Usage, message));
        }
        fs::create_dir_all(path).map_err(|error| failure(path, &error))?;
        Ok(Self(path.to_owned()))
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    /// The file of a batch with this ending. What is not whole has another name.
    pub(super) fn file(&self, batch: &Batch, is_whole: bool, ending: &str) -> PathBuf {
        let state = if is_whole { "" } else { ".incomplete" };
        self.0.join(format!("{}{state}.{ending}", stem(&batch.id)))
    }

    pub(super) fn part(&self, batch: &Batch) -> Result<PartFile, Failure> {
        PartFile::create(&self.0, &stem(&batch.id)).map_err(|error| failure(&self.0, &error))
    }

    /// Names a file of a batch; what a run before had left incomplete goes.
    pub(super) fn keep(
        &self,
        part: PartFile,
        batch: &Batch,
        is_whole: bool,
        ending: &str,
    ) -> Result<(), Failure> {
        let path = self.file(batch, is_whole, ending);
        part.keep_as(&path)
            .map_err(|error| failure(&path, &error))?;
        if is_whole {
            // There need not be any.
            let _ = fs::remove_file(self.file(batch, false, ending));
        }
        Ok(())
    }

    /// What the lines come to that were fetched before.
    pub(super) fn kept(path: &Path, batch: &Batch) -> Result<ResultsReport, Failure> {
        let mut kept = ResultsReport::default();
        kept.counts.clone_from(&batch.request_counts);
        let lines = File::open(path).map_err(|error| failure(path, &error))?;
        for line in BufReader::new(lines).split(b'\n') {
            let line = line.map_err(|error| failure(path, &error))?;
            match serde_json::from_slice(&line) {
                Ok(KeptLine { ok: true }) => kept.succeeded += 1,
                Ok(KeptLine { ok: false }) => kept.failed += 1,
                Err(_) => {
                    let path = path.display();
                    let message =
                        format!("{path}: not a file of results; name another folder, or remove it");
                    return Err(Failure::new(Exit::Usage, message));
                }
            }
        }
        Ok(kept)
    }
}

/// What a failed access to the folder means.
pub(super) fn failure(path: &Path, error: &io::Error) -> Failure {
    let path = path.display();
    Failure::new(Exit::Failure, format!("{path}: {error}"))
}

/// The id of a batch as the name of a file, without a dot. Ids as the service makes them stay as they
/// are; of others, no two have the same name, whichever letters a file system distinguishes.
fn stem(id: &str) -> String {
    let is_plain = |letter: char| {
        letter.is_ascii_lowercase() || letter.is_ascii_digit() || "_-".contains(letter)
    };
    if id.starts_with("batch_") && id.len() <= LONGEST && id.chars().all(is_plain) {
        return id.to_owned();
    }
    let letters = id.chars().take(LONGEST / 2);
    let shown: String = letters
        .map(|letter| if is_plain(letter) { letter } else { '_' })
        .collect();
    // FNV-1a: later versions of this program, too, must come to the same name.
    let hash = id.bytes().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("id_{shown}-{hash:016x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files() {
        let usual = "batch_9f1d5c52-8f0e-4c7b-a3d6-2b7a90e41c65";
        assert_eq!(stem(usual), usual);
        let mut stems = Vec::new();
        let long = "batch_".to_owned() + &"x".repeat(5_000);
        for id in [
            "",
            ".",
            "..",
            "../../etc/passwd",
            "/etc/passwd",
            r"C:\x",
            "con",
            "batch_A",
            "batch_a/b",
            "batch_a\0",
            "batch_a.output",
            "batch_夜",
            "BATCH_A",
            &long,
            &(long.clone() + "y"),
        ] {
            let stem = stem(id);
            let is_safe =
                |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || b"_-".contains(&it);
            assert!(
                stem.bytes().all(is_safe) && stem.starts_with("id_"),
                "{stem}"
            );
            assert!(stem.len() <= LONGEST && !stems.contains(&stem), "{stem}");
            stems.push(stem);
        }
    }
}
