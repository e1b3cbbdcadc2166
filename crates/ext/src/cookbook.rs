//! Recipes for common tasks.
//!
//! Each recipe runs as it stands, but for its first lines, which are left out here: they start a
//! sandbox ([`qwen-batches-sandbox`](#test-without-an-account)) and build `client` for it. With the
//! service, `client` is [`Client::from_env`](crate::Client::from_env).
//!
//! Whole programs are in the folder [`examples`]: `report`, `web_handler`, `resumable_export`,
//! `watch_shutdown`, `blocking`, `testing` (your own code, with faults), `http_client` (your own, with
//! a private authority and JSON logs), `openai` (two vendors at once) and `least_features`.
//!
//! [`examples`]: https://github.com/qwen-batches/qwen-batches/tree/main/crates/ext/examples
//!
//! - [Ask for some batches only](#ask-for-some-batches-only)
//! - [Read page by page](#read-page-by-page)
//! - [Resume after a failure](#resume-after-a-failure)
//! - [Make several calls at once](#make-several-calls-at-once)
//! - [Do without async](#do-without-async)
//! - [Print what came of yesterday's batches](#print-what-came-of-yesterdays-batches)
//! - [List yesterday's failures](#list-yesterdays-failures)
//! - [Watch until all are done](#watch-until-all-are-done)
//! - [Watch until a signal](#watch-until-a-signal)
//! - [Post what happens to a webhook](#post-what-happens-to-a-webhook)
//! - [Find the batch whose creation got no response](#find-the-batch-whose-creation-got-no-response)
//! - [Handle errors by kind](#handle-errors-by-kind)
//! - [Keep metrics](#keep-metrics)
//! - [Bound the time that it may take](#bound-the-time-that-it-may-take)
//! - [Use a proxy, or one's own connections](#use-a-proxy-or-ones-own-connections)
//! - [Serve batches to a browser, or log them](#serve-batches-to-a-browser-or-log-them)
//! - [Test without an account](#test-without-an-account)
//! - [List the batches of other vendors](#list-the-batches-of-other-vendors)
//!
//! # Ask for some batches only
//!
//! Conditions combine with AND: these batches have one of the statuses, *and* the text in their
//! names, *and* were created in the last week. Times are instants: a [`Timestamp`](crate::Timestamp)
//! or a `ZonedDateTime` of jiff, or a [`SystemTime`](std::time::SystemTime).
//!
//! ```
//! # use qwen_batches::Client;
//! # use qwen_batches_sandbox::Sandbox;
//! use std::time::{Duration, SystemTime};
//!
//! use qwen_batches::{BatchFilter, BatchStatus};
//!
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let sandbox = Sandbox::builder().start().await?;
//! # let client = Client::builder().api_key("any").base_url(sandbox.base_url()).build()?;
//! let filter = BatchFilter::new()
//!     .statuses([BatchStatus::Completed, BatchStatus::Expired])
//!     .name_contains("nightly")
//!     .created_after(SystemTime::now() - Duration::from_secs(7 * 24 * 3600));
//! let mut batches = client.list_batches(filter).items();
//! while let Some(batch) = batches.try_next().await? {
//!     println!("{} {}", batch.id, batch.status);
//! }
//! # assert_eq!(sandbox.requests()[0].param("status").as_deref(), Some("completed,expired"));
//! # Ok(())
//! # }
//! ```
//!
//! A filter that makes no sense is an error that names each [`InvalidField`](crate::InvalidField), before
//! anything is sent.
//!
//! # Read page by page
//!
//! A page is fetched when it is asked for. Whoever stops reading makes no further call.
//!
//! ```
//! # use qwen_batches::Client;
//! # use qwen_batches_sandbox::Sandbox;
//! use qwen_batches::BatchFilter;
//!
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let sandbox = Sandbox::builder().start().await?;
//! # let client = Client::builder().api_key("any").base_url(sandbox.base_url()).build()?;
//! let mut pages = client.list_batches(BatchFilter::new()).pages();
//! let mut rows = Vec::new();
//! while let Some(page) = pages.try_next().await? {
//!     rows.push(page.rows.len());
//! }
//! assert_eq!(rows, [100, 100, 50]);
//! # assert_eq!(sandbox.request_count(), 3);
//! # Ok(())
//! # }
//! ```
//!
//! For one page alone, with the cursor of the next, there is [`page`](crate::ListBatches::page); for
//! the first so many batches, [`max_items`](crate::ListBatches::max_items).
//!
//! # Resume after a failure
//!
//! An error that [is retryable](crate::Error::is_retryable) leaves the stream alive: polling it
//! again asks for the same page. Any other ends it, and carries the place behind the last batch
//! delivered. You can store this checkpoint as a string and resume from it in this process or
//! another; the filter must be the same.
//!
//! ```
//! # use qwen_batches_sandbox::{Fault, Sandbox, Script};
//! use qwen_batches::{BatchFilter, Checkpoint, Client, Error};
//!
//! async fn read(client: &Client, from: Option<Checkpoint>) -> Result<usize, Error> {
//!     let mut list = client.list_batches(BatchFilter::new());
//!     if let Some(place) = from {
//!         list = list.resume(place);
//!     }
//!     let mut batches = list.items();
//!     let mut count = 0;
//!     while let Some(_batch) = batches.try_next().await? {
//!         count += 1;
//!     }
//!     Ok(count)
//! }
//!
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let script = Script::new().on(2, Fault::status(401));
//! # let sandbox = Sandbox::builder().script(script).start().await?;
//! # let client = Client::builder().api_key("any").base_url(sandbox.base_url()).build()?;
//! // There are 250 batches, and the second of three calls is refused.
//! let error = read(&client, None).await.unwrap_err();
//! let place = error.checkpoint().expect("a list was begun");
//! assert_eq!(place.delivered(), 100);
//! let word: String = place.to_string();
//!
//! assert_eq!(read(&client, Some(word.parse()?)).await?, 150);
//! # Ok(())
//! # }
//! ```
//!
//! A process that may be killed stores [`Items::checkpoint`](crate::Items::checkpoint) or
//! [`Pages::checkpoint`](crate::Pages::checkpoint) as it goes, as the example `resumable_export` does.
//!
//! # Make several calls at once
//!
//! With [`concurrency`](crate::ListBatches::concurrency) a list loads faster, in the same order and
//! each batch once, with a few more calls. With [`prefetch`](crate::ListBatches::prefetch) the next
//! page is fetched while the reader works on the last one, for not one call more.
//!
//! ```
//! # use qwen_batches::Client;
//! # use qwen_batches_sandbox::Sandbox;
//! use qwen_batches::{Batch, BatchFilter};
//!
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let sandbox = Sandbox::builder().start().await?;
//! # let client = Client::builder().api_key("any").base_url(sandbox.base_url()).build()?;
//! let list = client.list_batches(BatchFilter::new());
//! let batches: Vec<Batch> = list.clone().concurrency(4).items().try_collect().await?;
//! assert_eq!(batches.len(), 250);
//!
//! let ahead: Vec<Batch> = list.prefetch(true).items().try_collect().await?;
//! assert_eq!(ahead, batches);
//! # Ok(())
//! # }
//! ```
//!
//! # Do without async
//!
//! With the feature `blocking` there is `blocking::Client`, whose lists and watches are iterators. All
//! else is the same. The docs of that module show it, and so does the example `blocking`.
//!
//! # Print what came of yesterday's batches
//!
//! A status alone misleads: a completed batch may have failed in every request, and one that has
//! expired may have results that are paid for. An [`Outcome`](crate::Outcome) takes counts, errors
//! and files into account. Yesterday is that of UTC here.
//!
//! ```
//! # use qwen_batches_sandbox::Sandbox;
//! use qwen_batches::{BatchExt as _, BatchFilter, Client, Timestamp};
//!
//! #[tokio::main]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     # let sandbox = Sandbox::builder().start().await?;
//!     # let builder = Client::builder().api_key("any").base_url(sandbox.base_url());
//!     # let client = builder.build()?;
//!     # let mut count = 0;
//!     # /*
//!     let client = Client::from_env()?;
//!     # */
//!     let today = Timestamp::now().as_second().div_euclid(86_400) * 86_400;
//!     let (start, end) = (Timestamp::from_second(today - 86_400)?, Timestamp::from_second(today)?);
//!     let filter = BatchFilter::new().created_between(start, end);
//!     let mut batches = client.list_batches(filter).items();
//!     while let Some(batch) = batches.try_next().await? {
//!         println!("{} {}", batch.id, batch.outcome().name());
//!         # count += 1;
//!     }
//!     # assert!((1..250).contains(&count), "{count}");
//!     Ok(())
//! }
//! ```
//!
//! # List yesterday's failures
//!
//! What failed, and why: an outcome that holds failures, and the errors of single lines. Here, too,
//! yesterday is that of UTC; `created_between` takes the midnights of any zone.
//!
//! ```
//! # use qwen_batches_sandbox::Sandbox;
//! # use qwen_batches::{Client, Error};
//! use qwen_batches::{BatchExt as _, BatchFilter, Outcome, Timestamp};
//!
//! async fn failures(client: &Client, today: Timestamp) -> Result<Vec<String>, Error> {
//!     let yesterday = today - std::time::Duration::from_secs(24 * 3600);
//!     let filter = BatchFilter::new().created_between(yesterday, today);
//!     let mut batches = client.list_batches(filter).items();
//!     let mut failures = Vec::new();
//!     while let Some(batch) = batches.try_next().await? {
//!         let name = batch.name().unwrap_or(&batch.id).to_owned();
//!         match batch.outcome() {
//!             Outcome::Refused { errors, .. } => {
//!                 let why = errors.first().and_then(|error| error.message.as_deref());
//!                 failures.push(format!("{name}: {}", why.unwrap_or("refused")));
//!             }
//!             Outcome::AllFailed => failures.push(format!("{name}: every request failed")),
//!             Outcome::SucceededInPart { counts: Some(counts), .. } => {
//!                 failures.push(format!("{name}: {} of {} failed", counts.failed, counts.total));
//!             }
//!             _ => {}
//!         }
//!     }
//!     Ok(failures)
//! }
//!
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let sandbox = Sandbox::builder().now(1_741_305_600).start().await?;
//! # let client = Client::builder().api_key("any").base_url(sandbox.base_url()).build()?;
//! # let failures = failures(&client, Timestamp::from_second(1_741_305_600)?).await?;
//! # assert!(failures.iter().any(|it| it.ends_with(" failed")), "{failures:?}");
//! # Ok(())
//! # }
//! ```
//!
//! # Watch until all are done
//!
//! A watch polls the list, so that one call serves up to 100 batches: each minute, and less often
//! while nothing moves. Failed polls are reported and retried.
//!
//! ```
//! # use std::time::Duration;
//! # use qwen_batches::Client;
//! # use qwen_batches_sandbox::{Clock, Lifecycle, Sandbox, row};
//! use qwen_batches::{BatchExt as _, BatchFilter, WatchEvent};
//!
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let life = Lifecycle::completes(100).failing(3).validating(60).running(600).finalizing(60);
//! # let sandbox = Sandbox::builder()
//! #     .now(1_767_000_000)
//! #     .lifecycles([row("batch_x").created_at(1_767_000_000).name("nightly").lifecycle(life)])
//! #     .clock(Clock::PerRequest { seconds: 60 })
//! #     .start()
//! #     .await?;
//! # let client = Client::builder().api_key("any").base_url(sandbox.base_url()).build()?;
//! # let mut failed = 0;
//! let watch = client.watch(BatchFilter::new().name_contains("nightly"));
//! # let pause = Duration::from_millis(10);
//! # let watch = watch.interval(pause).max_interval(pause);
//! let mut changes = watch.events();
//! while let Some(change) = changes.try_next().await? {
//!     match change {
//!         WatchEvent::Progressed { batch, .. } => println!("{} {:?}", batch.id, batch.progress()),
//!         WatchEvent::Finished { batch, .. } => {
//!             // None where the server does not send them.
//!             if let Some(counts) = &batch.request_counts {
//!                 println!("{}: {} failed", batch.id, counts.failed);
//! #               failed += counts.failed;
//!             }
//!         }
//!         WatchEvent::PollFailed(poll) => eprintln!("{}; again in {:?}", poll.error, poll.pause),
//!         _ => {}
//!     }
//! }
//! // All of them are done.
//! # assert_eq!(failed, 3);
//! # Ok(())
//! # }
//! ```
//!
//! # Post what happens to a webhook
//!
//! A [`Tracker`](crate::Tracker) keeps what was delivered, so that this program can be stopped,
//! killed or started by cron: it posts what it has missed, and each end once. If it is killed between
//! a post and the storing of it, the event comes again with the same id.
//!
//! ```
//! # use std::time::Duration;
//! # use qwen_batches::Client;
//! # use qwen_batches_sandbox::{Clock, Lifecycle, Sandbox, row};
//! # use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
//! use std::path::Path;
//!
//! use qwen_batches::{BatchExt as _, BatchFilter, Tracker, WatchEvent, reqwest};
//!
//! async fn post(hook: &str, event: &WatchEvent) -> Result<(), reqwest::Error> {
//!     // Of a poll there is nothing to say. `Stuck` and `Gone` may interest somebody, too.
//!     let WatchEvent::Finished { batch, .. } = event else {
//!         return Ok(());
//!     };
//!     let outcome = batch.outcome();
//!     let body = serde_json::json!({
//!         "id": event.id(), "outcome": outcome.name(), "batch": batch.redacted(),
//!     });
//!     let response = reqwest::Client::new().post(hook).json(&body).send().await?;
//!     response.error_for_status().map(drop)
//! }
//!
//! fn store(path: &Path, tracker: &Tracker) -> std::io::Result<()> {
//!     // In one step, so that whoever reads it finds a whole tracker.
//!     let new = path.with_extension("new");
//!     std::fs::write(&new, serde_json::to_vec(tracker)?)?;
//!     std::fs::rename(new, path)
//! }
//!
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let life = Lifecycle::completes(100).validating(60).running(600).finalizing(60);
//! # let sandbox = Sandbox::builder()
//! #     .now(1_767_000_000)
//! #     .lifecycles([row("batch_x").created_at(1_767_000_000).lifecycle(life)])
//! #     .clock(Clock::PerRequest { seconds: 60 })
//! #     .start()
//! #     .await?;
//! # let client = Client::builder().api_key("any").base_url(sandbox.base_url()).build()?;
//! # let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
//! # let hook = &format!("http://{}/hook", listener.local_addr()?);
//! # let posted = tokio::spawn(async move {
//! #     let (mut stream, _) = listener.accept().await.unwrap();
//! #     let mut text = String::new();
//! #     while !text.contains("\r\n\r\n{") || !text.ends_with('}') {
//! #         let mut bytes = [0; 4096];
//! #         let read = stream.read(&mut bytes).await.unwrap();
//! #         text.push_str(std::str::from_utf8(&bytes[..read]).unwrap());
//! #     }
//! #     stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await.unwrap();
//! #     text
//! # });
//! # let path = std::env::temp_dir().join(format!("qwen-batches-recipe-{}", std::process::id()));
//! # let path = path.as_path();
//! let watch = client.watch(BatchFilter::new()).skip_finished(true);
//! # let pause = Duration::from_millis(10);
//! # let watch = watch.interval(pause).max_interval(pause);
//! let mut tracker: Tracker = match std::fs::read(path) {
//!     Ok(stored) => serde_json::from_slice(&stored)?,
//!     Err(_) => watch.tracker(),
//! };
//! let mut events = watch.resume(tracker.clone()).events();
//! while let Some(event) = events.try_next().await? {
//!     post(hook, &event).await?;
//!     tracker.record(&event);
//!     store(path, &tracker)?;
//! }
//! # assert!(posted.await?.contains(r#"{"id":"batch_x/completed","outcome":"succeeded""#));
//! # std::fs::remove_file(path)?;
//! # Ok(())
//! # }
//! ```
//!
//! # Read the results of a batch
//!
//! Each request comes once, judged by its own line: that a line stands in the output file, or that
//! the counts call it completed, does not mean that it succeeded. Store the checkpoint along with
//! what was done with the lines, and a program that was killed continues after them.
//!
//! ```
//! # use qwen_batches::Client;
//! # use qwen_batches_sandbox::{Sandbox, row};
//! use qwen_batches::ErrorKind;
//!
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let made = row("batch_x").created_at(1_767_000_000).status("completed");
//! # let made = made.set("output_file_id", "file-batch_output-1").set("error_file_id", "file-batch_output-2");
//! # let made = made.request_counts(10, 8, 2);
//! # let sandbox = Sandbox::builder().now(1_767_000_000).rows([made]).start().await?;
//! # let client = Client::builder().api_key("any").base_url(sandbox.base_url()).build()?;
//! # let (mut succeeded, mut failed) = (0, 0);
//! let batch = client.batch("batch_x").get().await?;
//! let mut lines = client.results(&batch).lines();
//! loop {
//!     match lines.try_next().await {
//!         Ok(Some(line)) => match line.result {
//!             Ok(body) => {
//!                 let body: serde_json::Value = body.json()?;
//!                 println!("{}: {}", line.custom_id, body["choices"][0]["message"]["content"]);
//! #               succeeded += 1;
//!             }
//!             Err(reason) => {
//!                 println!("{}: {reason}", line.custom_id);
//! #               failed += 1;
//!             }
//!         },
//!         Ok(None) => break, // Every request has had its line.
//!         Err(error) if error.kind() == ErrorKind::IncompleteResults => {
//!             println!("{error}"); // All that could be read was.
//!             break;
//!         }
//!         Err(error) => {
//!             if let Some(place) = error.results_checkpoint() {
//!                 println!("resume at {place}");
//!             }
//!             return Err(error.into());
//!         }
//!     }
//! }
//! # assert_eq!((succeeded, failed), (8, 2));
//! # Ok(())
//! # }
//! ```
//!
//! # Watch until a signal
//!
//! Dropping a watch stops it: it makes no more calls, and does not wait for the one in progress. A
//! branch of `select!` that is not taken loses no event.
//!
//! ```
//! # use std::time::Duration;
//! # use qwen_batches::{Client, Error};
//! # use qwen_batches_sandbox::Sandbox;
//! use qwen_batches::{BatchFilter, WatchEvent};
//!
//! async fn watch(client: &Client, shutdown: impl Future) -> Result<(), Error> {
//!     let watch = client.watch(BatchFilter::new()).forever(true);
//!     let mut events = watch.events();
//!     let mut shutdown = std::pin::pin!(shutdown);
//!     loop {
//!         tokio::select! {
//!             event = events.try_next() => match event? {
//!                 Some(WatchEvent::Finished { batch, .. }) => println!("{} is done", batch.id),
//!                 Some(_) => {}
//!                 None => return Ok(()),
//!             },
//!             _ = &mut shutdown => return Ok(()),
//!         }
//!     }
//! }
//!
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let stall = qwen_batches_sandbox::Script::new().on(3, qwen_batches_sandbox::Fault::stall());
//! # let sandbox = Sandbox::builder().script(stall).start().await?;
//! # let client = Client::builder().api_key("any").base_url(sandbox.base_url()).build()?;
//! // In a program: `tokio::signal::ctrl_c()`.
//! let shutdown = async {
//!     # sandbox.stalled(1).await;
//!     # /*
//!     ...
//!     # */
//! };
//! watch(&client, shutdown).await?;
//! # assert_eq!(sandbox.request_count(), 3);
//! # Ok(())
//! # }
//! ```
//!
//! # Find the batch whose creation got no response
//!
//! Was the batch created or not? Search the list by its input file. If you create it again without
//! checking, you may pay twice.
//!
//! ```
//! # use qwen_batches::Client;
//! # use qwen_batches_sandbox::{Sandbox, row};
//! use qwen_batches::BatchFilter;
//!
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let made = row("batch_x").created_at(1_767_000_000).input_file_id("file-batch-1");
//! # let sandbox = Sandbox::builder().now(1_767_000_000).rows([made]).start().await?;
//! # let client = Client::builder().api_key("any").base_url(sandbox.base_url()).build()?;
//! let of_this_input = BatchFilter::new().input_files(["file-batch-1"]);
//! let page = client.list_batches(of_this_input).max_items(1).page().await?;
//! let batch = page.rows.first().expect("it was made");
//! assert_eq!(batch.id, "batch_x");
//! # Ok(())
//! # }
//! ```
//!
//! # Handle errors by kind
//!
//! [`kind`](crate::Error::kind) says what its reader can do, `Display` says it in a sentence, and
//! [`request_id`](crate::Error::request_id) is what the vendor's support asks for. By the time you
//! see an error, everything worth retrying has already been retried.
//!
//! ```
//! # use qwen_batches::Client;
//! # use qwen_batches_sandbox::{Fault, Sandbox, Script};
//! use qwen_batches::{BatchFilter, ErrorKind};
//!
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let script = Script::new().on(1, Fault::status(401));
//! # let sandbox = Sandbox::builder().script(script).start().await?;
//! # let client = Client::builder().api_key("any").base_url(sandbox.base_url()).build()?;
//! if let Err(error) = client.list_batches(BatchFilter::new()).page().await {
//!     match error.kind() {
//!         ErrorKind::Auth => eprintln!("{error}"), // It says that the region may be wrong.
//!         ErrorKind::InvalidRequest => eprintln!("{:?}", error.problems()),
//!         _ if error.is_retryable() => eprintln!("later: {error}"),
//!         _ => return Err(error.into()),
//!     }
//! #   assert!(error.is_auth() && error.to_string().contains("another region"));
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Keep metrics
//!
//! [`on_call`](crate::ClientBuilder::on_call) gets a report of each call when it is over: one page is
//! one call, however many attempts it took. Its kind is a word that never changes.
//!
//! ```
//! # use qwen_batches::BatchFilter;
//! # use qwen_batches_sandbox::{Fault, Sandbox, Script};
//! use std::collections::BTreeMap;
//! use std::sync::{Arc, Mutex};
//! use std::time::Duration;
//!
//! use qwen_batches::{Client, ErrorKind};
//!
//! /// What a scrape of Prometheus shows: calls, attempts and seconds, by operation and kind.
//! type Metrics = BTreeMap<(&'static str, &'static str), (u64, u64, Duration)>;
//!
//! let metrics = Arc::new(Mutex::new(Metrics::new()));
//! let kept = Arc::clone(&metrics);
//! let builder = Client::builder().on_call(move |call| {
//!     let kind = call.kind().map_or("ok", ErrorKind::as_str);
//!     let mut metrics = kept.lock().unwrap();
//!     let (calls, attempts, busy) = metrics.entry((call.operation, kind)).or_default();
//!     *calls += 1;
//!     *attempts += u64::from(call.attempts);
//!     *busy += call.elapsed - call.limiter_wait; // The wait is a metric of its own.
//! });
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! # let script = Script::new().on(1, Fault::status(503)).on(3, Fault::status(401));
//! # let sandbox = Sandbox::builder().script(script).start().await?;
//! # let client = builder.api_key("any").base_url(sandbox.base_url()).build()?;
//! # let _ = client.list_batches(BatchFilter::new()).items().try_collect::<Vec<_>>().await;
//! # let metrics = metrics.lock().unwrap();
//! # assert_eq!(metrics[&("list_batches", "ok")].1, 2);
//! # assert_eq!(metrics[&("list_batches", "auth")].0, 1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! What is logged has the target `qwen_batches`; with the feature `tracing`, a retry has `attempt`,
//! `pause` in seconds and `kind` as fields.
//!
//! # Bound the time that it may take
//!
//! An attempt has its [`timeout`](crate::ClientBuilder::timeout), a call with all its attempts its
//! [`call_deadline`](crate::ClientBuilder::call_deadline), a list of many calls its
//! [`deadline`](crate::ListBatches::deadline). An error at a deadline carries the place to go on
//! from, as any other does.
//!
//! ```
//! use std::time::Duration;
//!
//! use qwen_batches::{BatchFilter, Client, RetryPolicy};
//!
//! # fn main() -> Result<(), qwen_batches::Error> {
//! let client = Client::builder()
//!     .api_key("sk-...")
//!     .timeout(Duration::from_secs(10))
//!     .retry(RetryPolicy::default().max_retries(2))
//!     .call_deadline(Duration::from_secs(20))
//!     .on_retry(|retry| eprintln!("again in {:?}: {}", retry.pause, retry.error))
//!     .build()?;
//! let list = client.list_batches(BatchFilter::new()).deadline(Duration::from_secs(300));
//! # drop(list);
//! # Ok(())
//! # }
//! ```
//!
//! # Use a proxy, or one's own connections
//!
//! A [`reqwest::ClientBuilder`] is completed: its proxies, pools, TLS, time limits and interfaces
//! hold; redirects and reqwest's own retries are turned off, since the key and the rate limit depend
//! on it. A finished [`reqwest::Client`], given to [`http_client`](crate::ClientBuilder::http_client),
//! is taken as it stands.
//!
//! ```
//! # use qwen_batches_sandbox::Sandbox;
//! use std::time::Duration;
//!
//! use qwen_batches::{BatchFilter, Client};
//!
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let sandbox = Sandbox::builder().start().await?;
//! # // The sandbox takes the place of a proxy: nothing else serves this host.
//! # let proxy = format!("http://{}", sandbox.address());
//! # let base_url = "http://batches.invalid/compatible-mode/v1";
//! let http = reqwest::Client::builder()
//!     .proxy(reqwest::Proxy::all(proxy)?)
//!     .connect_timeout(Duration::from_secs(5));
//! let builder = Client::builder().api_key("sk-...").http_client_builder(http);
//! # let builder = builder.base_url(base_url).allow_plain_http(true);
//! let page = builder.build()?.list_batches(BatchFilter::new()).page().await?;
//! # assert_eq!(page.rows.len(), 100);
//! # assert_eq!(sandbox.requests()[0].header("host"), Some("batches.invalid"));
//! # Ok(())
//! # }
//! ```
//!
//! Without one, the environment's proxies are used, except for plain HTTP.
//!
//! # Serve batches to a browser, or log them
//!
//! A batch holds secrets of its owner: whoever has a presigned URL of its input can read it, and its
//! callback may hold a token. They are masked in `Debug` and `Display` of their fields, but `Serialize`
//! writes them as they are, so that a batch can be stored and read again. For everybody else there is
//! [`redacted`](crate::BatchExt::redacted), which masks them wherever they stand.
//!
//! This handler of axum sends each batch as a line, as its page comes in. A list is lazy: no page is
//! fetched that the browser has not read up to, and when it goes, its response is dropped, and the
//! call under way with it. The example `web_handler` is the whole program.
//!
//! ```
//! # use qwen_batches_sandbox::{Sandbox, row};
//! use axum::body::Body;
//! use axum::extract::State;
//! use axum::http::StatusCode;
//! use axum::response::{IntoResponse as _, Response};
//! use futures::{StreamExt as _, stream};
//! use qwen_batches::{BatchExt as _, BatchFilter, Client};
//!
//! async fn failed_batches(State(client): State<Client>) -> Response {
//!     let filter = BatchFilter::new().statuses(["failed".into()]);
//!     let mut batches = client.list_batches(filter).items();
//!     // The status goes out before the body, so the first batch comes first.
//!     let first = match batches.next().await.transpose() {
//!         Ok(first) => first,
//!         // An error never holds a secret, but is for whoever runs the service.
//!         Err(error) => {
//!             eprintln!("{error}");
//!             return (StatusCode::BAD_GATEWAY, "the batches cannot be listed").into_response();
//!         }
//!     };
//!     // An error further on breaks the body off, which a browser takes for a failure.
//!     let lines = stream::iter(first.map(Ok)).chain(batches).map(move |batch| {
//!         let json = serde_json::to_string(&batch?.redacted()).unwrap_or_default();
//!         // No batch holds the key, unless the service sends it back.
//!         Ok::<_, qwen_batches::Error>(format!("{}\n", client.without_key(&json)))
//!     });
//!     Body::from_stream(lines).into_response()
//! }
//!
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let now = 1_767_000_000;
//! # let made = (0..250).map(|n| row(format!("batch_{n}")).created_at(now).status("failed"));
//! # let made = made.map(|row| row.input_file_id("https://b.example/in?Signature=s"));
//! # let sandbox = Sandbox::builder().now(now).rows(made).start().await?;
//! # let client = Client::builder().api_key("sk-...").base_url(sandbox.base_url()).build()?;
//! # let response = failed_batches(State(client.clone())).await;
//! # let body = axum::body::to_bytes(response.into_body(), usize::MAX).await?;
//! # let body = String::from_utf8(body.into())?;
//! # assert_eq!(body.lines().count(), 250);
//! # assert!(body.contains(r#""input_file_id":"https://b.example/in?***""#));
//! # assert_eq!(sandbox.request_count(), 3);
//! # // Gone after the first page, if not before.
//! # drop(failed_batches(State(client)).await);
//! # assert_eq!(sandbox.request_count(), 4);
//! # Ok(())
//! # }
//! ```
//!
//! # Test without an account
//!
//! The sandbox is a server in the test's own process, at home on 127.0.0.1. It is a dev-dependency,
//! `qwen-batches-sandbox`; three lines start it. A script sets which request fails and how, and
//! a journal holds what was asked.
//!
//! ```
//! use qwen_batches::{BatchFilter, Client};
//! use qwen_batches_sandbox::{Fault, Sandbox, Script, row};
//!
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let now = 1_767_000_000;
//! let sandbox = Sandbox::builder()
//!     .now(now)
//!     .rows([row("batch_x").created_at(now - 60).status("completed")])
//!     .script(Script::new().on(1, Fault::status(503)))
//!     .start()
//!     .await?;
//! let client = Client::builder().api_key("any").base_url(sandbox.base_url()).build()?;
//!
//! let page = client.list_batches(BatchFilter::new().name_contains("x")).page().await?;
//! assert!(page.rows.is_empty()); // It has no name.
//! assert_eq!(page.attempts, 2);
//! assert_eq!(sandbox.requests()[1].param("ds_name").as_deref(), Some("x"));
//! # Ok(())
//! # }
//! ```
//!
//! Errors, pages and events alone, without any server, are made by the module `test_util` (feature
//! `test-util`).
//!
//! The pause before a retry is half a second at most, and real. A test that needs hours to pass
//! instantly can supply its own [`Runtime`](crate::Runtime).
//!
//! # List the batches of other vendors
//!
//! OpenAI, Azure OpenAI and servers that follow them have the same list, without filters: with
//! their [`Dialect`](crate::Dialect), all batches are listed and filtered on this side. Their key is
//! not that of the environment.
//!
//! ```
//! # use qwen_batches_sandbox::{Fault, Sandbox};
//! use qwen_batches::{Batch, BatchFilter, BatchStatus, Client, Dialect};
//!
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let sandbox = Sandbox::builder().always(Fault::IgnoreFilters { filters: Vec::new() }).start().await?;
//! # let base_url = sandbox.base_url();
//! let client = Client::builder()
//!     .dialect(Dialect::OpenAi)
//!     .base_url(base_url) // Without one, that of OpenAI.
//!     .api_key("sk-...")
//!     .build()?;
//! let batches: Vec<Batch> = client.list_batches(BatchFilter::new()).items().try_collect().await?;
//! assert_eq!(batches.len(), 250);
//!
//! let completed = BatchFilter::new().statuses([BatchStatus::Completed]);
//! let page = client.list_batches(completed).page().await?;
//! assert_eq!(page.rows.len() + page.left_out, 100);
//! assert!(page.rows.iter().all(|batch| batch.status == BatchStatus::Completed));
//! # Ok(())
//! # }
//! ```
