//! A parameter of a path.

use progenitor_client::encode_path;

/// Encodes a value as one segment of a path; refuses what no encoding keeps one: the empty value,
/// `.` and `..`. The error is the reason, in words.
pub(crate) fn path_segment(value: &str) -> Result<String, String> {
    if matches!(value, "" | "." | "..") {
        return Err(format!(
            "`{value}` is no segment of a path; give the id of something"
        ));
    }
    // In a URL a backslash is a slash.
    Ok(encode_path(value).replace('\\', "%5C"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_stays_one_segment() {
        for (value, segment) in [
            ("batch_3d0b-7c", Some("batch_3d0b-7c")),
            ("a/b?c#d%2F", Some("a%2Fb%3Fc%23d%252F")),
            ("..\\batches", Some("..%5Cbatches")),
            ("%2e%2e", Some("%252e%252e")),
            ("\t夜", Some("%09%E5%A4%9C")),
            ("...", Some("...")),
            ("", None),
            (".", None),
            ("..", None),
        ] {
            let encoded = path_segment(value).ok();
            assert_eq!(encoded.as_deref(), segment, "{value:?}");
            let Some(encoded) = encoded else { continue };
            let url = format!("http://host/batches/{encoded}");
            let url = reqwest::Url::parse(&url).expect("a URL");
            assert_eq!(url.path(), format!("/batches/{encoded}"), "{value:?}");
        }
    }
}
