//! The programs that are run.

/// A program that a row needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Program {
    Server,
    Floor,
    AsyncOpenai,
    OpenaiPython,
    Ours,
    Limiter,
    /// Our command line.
    Cli,
}

/// Where a program comes from.
pub(super) enum Source {
    /// Of the workspace in `bench/`: a package with one program of the same name.
    Bench,
    /// Of this workspace.
    Own { package: &'static str },
    /// A script in `bench/`, run by the Python of `cargo xtask interop`.
    Python { script: &'static str },
}

impl Program {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Server => "bench-server",
            Self::Floor => "bench-floor",
            Self::AsyncOpenai => "bench-async-openai",
            Self::OpenaiPython => "walk.py",
            Self::Ours => "bench-ours",
            Self::Limiter => "bench-limiter",
            Self::Cli => "qwen-batches",
        }
    }

    pub(super) fn source(self) -> Source {
        match self {
            Self::OpenaiPython => Source::Python {
                script: "openai-python/walk.py",
            },
            Self::Cli => Source::Own {
                package: "qwen-batches-cli",
            },
            _ => Source::Bench,
        }
    }
}
