//! The build's own output against the reviewed copy.

const BUILT: &str = include_str!(concat!(env!("OUT_DIR"), "/client.rs"));
const REVIEWED: &str = include_str!("../../../codegen/snapshots/batches/client.rs");

#[test]
fn the_build_generates_the_reviewed_client() {
    let same = BUILT == REVIEWED;
    assert!(
        same,
        "the generated client is not the reviewed one; run `cargo xtask regen`"
    );
}
