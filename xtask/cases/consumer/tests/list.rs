//! The program against a sandbox.

use qwen_batches::Client;
use qwen_batches_sandbox::{Fault, Sandbox, Script};

#[tokio::test]
async fn a_refused_page_is_asked_for_again() -> Result<(), Box<dyn std::error::Error>> {
    let script = Script::new().on(2, Fault::status(429).header("retry-after", "0"));
    let sandbox = Sandbox::builder().script(script).start().await?;
    let client = Client::builder().api_key("sk-any");
    let client = client.base_url(sandbox.base_url()).build()?;

    let ids = consumer::completed(&client).await?;

    let asked = sandbox.requests();
    assert_eq!(asked[1].faults, ["response"]);
    assert_eq!(asked[2].query, asked[1].query);
    assert_eq!(asked[2].param("after").as_deref(), Some(&*ids[9]));
    Ok(())
}
