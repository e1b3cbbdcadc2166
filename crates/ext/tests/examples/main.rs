//! Each program in `examples/`, run against a sandbox; what it prints is compared with a snapshot.
//!
//! A new example is a new file there. How it is to be run, and what is to go wrong, is said in a
//! file of its name here; without one, it is run once, without arguments, and nothing goes wrong.

mod arrangement;
mod browser;
// Others use more of it.
#[allow(dead_code)]
#[path = "../tls/front.rs"]
mod front;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::arrangement::{Arrangement, Run, Servers, Step};

const KEY: &str = "sk-0123456789abcdef-of-the-examples";

/// The features that an example can need, and whether it is built with them.
const FEATURES: [(&str, bool); 3] = [
    ("blocking", cfg!(feature = "blocking")),
    ("rustls", cfg!(feature = "rustls")),
    ("tracing", cfg!(feature = "tracing")),
];

#[test]
fn each_example_prints_what_its_reader_expects() {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let examples = stems(&package.join("examples"), "rs");
    let arrangements = stems(&package.join("tests/examples"), "json");
    assert!(!examples.is_empty());
    let strays: Vec<_> = arrangements
        .keys()
        .filter(|name| !examples.contains_key(*name))
        .collect();
    assert!(strays.is_empty(), "of no example: {strays:?}");

    let mut failed = BTreeSet::new();
    for (name, source) in &examples {
        let text = arrangements
            .get(name)
            .map_or_else(|| "{}".to_owned(), |path| read(path));
        let arrangement: Arrangement = serde_json::from_str(&text).expect(name);
        // Windows has no signal that ends one program alone.
        let is_interrupted = arrangement.runs.iter().any(Run::is_interrupted);
        if !arrangement.features.iter().all(|it| is_on(it)) || cfg!(windows) && is_interrupted {
            continue;
        }
        let Some(program) = program(name, source) else {
            failed.insert(name);
            continue;
        };
        let printed = run(name, &program, arrangement);
        insta::assert_snapshot!(name.as_str(), printed);
    }
    assert!(
        failed.is_empty(),
        "not built since they changed: {failed:?}; `cargo test -p {} --all-features` builds them",
        env!("CARGO_PKG_NAME"),
    );
}

fn is_on(feature: &str) -> bool {
    let mut features = FEATURES.iter();
    let (_, is_on) = features
        .find(|(name, _)| *name == feature)
        .expect("a feature of the table");
    *is_on
}

/// The files in `folder` with this extension, by their names without it.
fn stems(folder: &Path, extension: &str) -> BTreeMap<String, PathBuf> {
    let paths = fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path());
    paths
        .filter(|path| path.extension().is_some_and(|it| it == extension))
        .map(|path| {
            let stem = path.file_stem().and_then(|stem| stem.to_str());
            (stem.expect("a name in UTF-8").to_owned(), path)
        })
        .collect()
}

/// The example as cargo has built it, beside this test; none if that was before its last change.
fn program(name: &str, source: &Path) -> Option<PathBuf> {
    let test = std::env::current_exe().expect("this test has a path");
    let profile = test.ancestors().nth(2).expect("target/PROFILE/deps/TEST");
    let program = profile
        .join("examples")
        .join(name)
        .with_extension(std::env::consts::EXE_EXTENSION);
    let changed = |path: &Path| fs::metadata(path).and_then(|it| it.modified());
    let built = changed(&program).ok()?;
    (built >= changed(source).expect("a time")).then_some(program)
}

/// What `program` prints in all its runs.
fn run(name: &str, program: &Path, arrangement: Arrangement) -> String {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("examples")
        .join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).expect("a folder to be emptied");
    }
    fs::create_dir_all(&folder).expect("a folder");

    let runs = arrangement.runs.clone();
    let servers = Servers::start(arrangement);
    let mut printed = String::new();
    for run in runs {
        let _ = write!(printed, "$ {name}");
        let mut command = Command::new(program);
        for argument in &run.args {
            let _ = write!(printed, " {argument}");
            command.arg(argument.replace("{authority}", AUTHORITY));
        }
        for (name, _) in std::env::vars_os() {
            let known = name.to_string_lossy().to_ascii_lowercase();
            if known.starts_with("dashscope_") || known.ends_with("_proxy") {
                command.env_remove(name);
            }
        }
        let program = command
            .env("DASHSCOPE_API_KEY", KEY)
            .env("DASHSCOPE_HTTP_BASE_URL", servers.base_url())
            .env("OPENAI_API_KEY", KEY)
            .env("OPENAI_BASE_URL", servers.openai.base_url())
            .env_remove("RUST_BACKTRACE")
            .current_dir(&folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the example runs");
        printed += &attend(program, &run.steps, &servers);
    }
    assert!(!printed.contains(KEY), "{name} shows the key: {printed}");
    assert!(!printed.contains("panicked"), "{name}: {printed}");
    printed
}

const AUTHORITY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/tls/authority.pem");

/// Does the steps of a run, and waits for its end. What that prints, without what differs from one
/// time to the next.
fn attend(mut program: Child, steps: &[Step], servers: &Servers) -> String {
    let stdout = program.stdout.take().expect("it is piped");
    let mut stdout = BufReader::new(stdout);
    let (mut done, mut text) = (String::new(), String::new());
    let mut address = String::new();
    for step in steps {
        match step {
            Step::Line(part) => {
                while !text.lines().last().is_some_and(|it| it.contains(part)) {
                    let read = stdout.read_line(&mut text).expect("UTF-8");
                    assert!(read > 0, "no line has {part:?}: {text}");
                }
                if let Some((_, rest)) = text.split_once("http://") {
                    address = rest.lines().next().unwrap_or_default().to_owned();
                }
            }
            Step::Get(path) => {
                let _ = writeln!(done, "GET {path}: {}", browser::get(&address, path));
            }
            Step::GetAndLeave(path) => {
                let connection = browser::open(&address, path);
                servers.wait_for_stall();
                drop(connection);
                let _ = writeln!(done, "GET {path}, and left");
            }
            Step::Stalled => servers.wait_for_stall(),
            Step::Interrupt => {
                let pid = program.id().to_string();
                let kill = Command::new("kill").args(["-INT", &pid]).status();
                assert!(kill.expect("kill runs").success());
            }
        }
    }
    stdout.read_to_string(&mut text).expect("UTF-8");
    let output = program.wait_with_output().expect("it ends");
    let code = output.status.code().expect("no signal ended it");
    let stderr = String::from_utf8(output.stderr).expect("UTF-8");
    let shown = |text: &str| {
        let text = servers.without_addresses(text);
        let text = match address.as_str() {
            "" => text,
            address => text.replace(address, "{example}"),
        };
        without(&without(&text, "trying again in ", ":"), "\"pause\":", ",")
    };
    let (stdout, stderr) = (shown(&text), shown(&stderr));
    format!("\n{done}exit code: {code}\n--- stdout\n{stdout}--- stderr\n{stderr}")
}

/// The text without what stands from each `start` to the next `end`.
fn without(text: &str, start: &str, end: &str) -> String {
    let mut parts = text.split(start);
    let mut shown = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.find(end).map_or("", |end| &part[end..]);
        shown += &format!("{start}...{rest}");
    }
    shown
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
