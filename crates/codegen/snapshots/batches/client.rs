#[allow(unused_imports)]
pub use progenitor_client::{ByteStream, ClientInfo, Error, ResponseValue};
#[allow(unused_imports)]
use progenitor_client::{encode_path, ClientHooks, OperationInfo, RequestBuilderExt};
/// Types used as operation parameters and responses.
#[allow(clippy::all)]
pub mod types {
    ///One batch job.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[cfg_attr(feature = "schema", derive(::schemars::JsonSchema))]
    #[derive(Default)]
    #[non_exhaustive]
    pub struct Batch {
        ///Id of the batch; opaque.
        pub id: ::std::string::String,
        ///Always `batch`.
        pub object: ::std::string::String,
        ///The route that every request of the batch goes to, such as `/v1/chat/completions`.
        pub endpoint: ::std::string::String,
        #[serde(deserialize_with = "::std::option::Option::deserialize")]
        #[serde(default)]
        pub errors: ::std::option::Option<BatchErrors>,
        pub input_file_id: crate::wire::SecretUrl,
        /**How long the batch may take: a whole number and its unit, `h` for hours or `d` for
days, from 24h to 336h (14d).
*/
        pub completion_window: ::std::string::String,
        pub status: crate::types::BatchStatus,
        /**Id of the file with the results; null until there is one. A completed batch of which
every request failed has none.
*/
        #[serde(deserialize_with = "::std::option::Option::deserialize")]
        #[serde(default)]
        pub output_file_id: ::std::option::Option<::std::string::String>,
        /**Id of the file with the requests that failed; null if there is none. Its prefix is
that of an output file.
*/
        #[serde(deserialize_with = "::std::option::Option::deserialize")]
        #[serde(default)]
        pub error_file_id: ::std::option::Option<::std::string::String>,
        ///When the batch was created, in Unix seconds (UTC).
        pub created_at: i64,
        ///When the batch started to run, in Unix seconds (UTC); null until then.
        #[serde(deserialize_with = "::std::option::Option::deserialize")]
        #[serde(default)]
        pub in_progress_at: ::std::option::Option<i64>,
        /**When the batch is due, in Unix seconds (UTC). Null in every recorded response; compute it
from `created_at` and `completion_window`.
*/
        #[serde(deserialize_with = "::std::option::Option::deserialize")]
        #[serde(default)]
        pub expires_at: ::std::option::Option<i64>,
        ///When the batch got the status `finalizing`, in Unix seconds (UTC); null until then.
        #[serde(deserialize_with = "::std::option::Option::deserialize")]
        #[serde(default)]
        pub finalizing_at: ::std::option::Option<i64>,
        ///When the batch was completed, in Unix seconds (UTC); null if it was not.
        #[serde(deserialize_with = "::std::option::Option::deserialize")]
        #[serde(default)]
        pub completed_at: ::std::option::Option<i64>,
        ///When the batch failed validation, in Unix seconds (UTC); null if it did not.
        #[serde(deserialize_with = "::std::option::Option::deserialize")]
        #[serde(default)]
        pub failed_at: ::std::option::Option<i64>,
        ///When the batch ran out of its completion window, in Unix seconds (UTC); null if it did not.
        #[serde(deserialize_with = "::std::option::Option::deserialize")]
        #[serde(default)]
        pub expired_at: ::std::option::Option<i64>,
        ///When the batch was cancelled, in Unix seconds (UTC); null if it was not.
        #[serde(deserialize_with = "::std::option::Option::deserialize")]
        #[serde(default)]
        pub cancelled_at: ::std::option::Option<i64>,
        /**When the batch began to be cancelled, in Unix seconds (UTC). Null while the status is
`cancelling`; set, and equal to `cancelled_at`, afterwards.
*/
        #[serde(deserialize_with = "::std::option::Option::deserialize")]
        #[serde(default)]
        pub cancelling_at: ::std::option::Option<i64>,
        #[serde(deserialize_with = "::std::option::Option::deserialize")]
        #[serde(default)]
        pub request_counts: ::std::option::Option<BatchRequestCounts>,
        #[serde(deserialize_with = "::std::option::Option::deserialize")]
        #[serde(default)]
        pub metadata: ::std::option::Option<BatchMetadata>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///What is wrong with one line of the input.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[cfg_attr(feature = "schema", derive(::schemars::JsonSchema))]
    #[derive(Default)]
    #[non_exhaustive]
    pub struct BatchError {
        ///Short name of the error, such as `mismatched_test_url`.
        #[serde(deserialize_with = "::std::option::Option::deserialize")]
        #[serde(default)]
        pub code: ::std::option::Option<::std::string::String>,
        ///The error in words.
        #[serde(deserialize_with = "::std::option::Option::deserialize")]
        #[serde(default)]
        pub message: ::std::option::Option<::std::string::String>,
        ///Name of the field that is wrong.
        #[serde(deserialize_with = "::std::option::Option::deserialize")]
        #[serde(default)]
        pub param: ::std::option::Option<::std::string::String>,
        ///Number of the line in the input file, counted from 1.
        #[serde(deserialize_with = "::std::option::Option::deserialize")]
        #[serde(default)]
        pub line: ::std::option::Option<i64>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///Why a batch failed its validation; null for any other.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[cfg_attr(feature = "schema", derive(::schemars::JsonSchema))]
    #[derive(Default)]
    #[non_exhaustive]
    pub struct BatchErrors {
        ///Always `list`.
        pub object: ::std::string::String,
        ///One entry for each line of the input that is wrong.
        pub data: ::std::vec::Vec<BatchError>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///What the creator of a batch attached to it. Both `{}` and null stand for nothing.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[cfg_attr(feature = "schema", derive(::schemars::JsonSchema))]
    #[derive(Default)]
    #[non_exhaustive]
    pub struct BatchMetadata {
        ///Name of the batch.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub ds_name: ::std::option::Option<::std::string::String>,
        ///What the batch is for.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub ds_description: ::std::option::Option<::std::string::String>,
        ///URL that the service calls when the batch has finished; it may hold a secret.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub ds_batch_finish_callback: ::std::option::Option<crate::wire::SecretString>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///One page of a list of batches.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[cfg_attr(feature = "schema", derive(::schemars::JsonSchema))]
    #[derive(Default)]
    #[non_exhaustive]
    pub struct BatchPage {
        ///Always `list`.
        pub object: ::std::string::String,
        ///The batches of this page, newest first. Null on an empty page.
        #[serde(deserialize_with = "::std::option::Option::deserialize")]
        pub data: ::std::option::Option<::std::vec::Vec<Batch>>,
        ///Id of the first batch of this page; null on an empty page.
        #[serde(deserialize_with = "::std::option::Option::deserialize")]
        #[serde(default)]
        pub first_id: ::std::option::Option<::std::string::String>,
        /**Id of the last batch of this page, the cursor of the next one; null on an empty page.
*/
        #[serde(deserialize_with = "::std::option::Option::deserialize")]
        #[serde(default)]
        pub last_id: ::std::option::Option<::std::string::String>,
        ///Whether there are more batches behind this page. Under a filter it may say so although there are none.
        pub has_more: bool,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///How many requests a batch has; all 0 while it is validated and after a failed validation.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[cfg_attr(feature = "schema", derive(::schemars::JsonSchema))]
    #[derive(Default)]
    #[non_exhaustive]
    pub struct BatchRequestCounts {
        ///Requests in all.
        pub total: i64,
        ///Requests that succeeded.
        pub completed: i64,
        ///Requests that failed; after a cancellation also those that never ran.
        pub failed: i64,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///An error in the shape of the OpenAI-compatible mode.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[cfg_attr(feature = "schema", derive(::schemars::JsonSchema))]
    #[derive(Default)]
    #[non_exhaustive]
    pub struct CompatibleError {
        pub error: CompatibleErrorDetail,
        ///Id of this request; the same as in the header `x-request-id`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub request_id: ::std::option::Option<::std::string::String>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///What went wrong.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[cfg_attr(feature = "schema", derive(::schemars::JsonSchema))]
    #[derive(Default)]
    #[non_exhaustive]
    pub struct CompatibleErrorDetail {
        ///The error in words.
        pub message: ::std::string::String,
        ///Class of the error, such as `invalid_request_error`.
        #[serde(rename = "type", skip_serializing_if = "::std::option::Option::is_none")]
        pub type_: ::std::option::Option<::std::string::String>,
        ///The parameter that is at fault; null, empty or absent where none is.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub param: ::std::option::Option<::std::string::String>,
        ///Short name of the error, such as `invalid_api_key`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub code: ::std::option::Option<::std::string::String>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///An error in one of the two shapes that the service uses.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[serde(untagged)]
    #[cfg_attr(feature = "schema", derive(::schemars::JsonSchema))]
    #[non_exhaustive]
    pub enum ErrorBody {
        CompatibleError(CompatibleError),
        NativeError(NativeError),
    }
    impl ::std::convert::From<CompatibleError> for ErrorBody {
        fn from(value: CompatibleError) -> Self {
            Self::CompatibleError(value)
        }
    }
    impl ::std::convert::From<NativeError> for ErrorBody {
        fn from(value: NativeError) -> Self {
            Self::NativeError(value)
        }
    }
    ///`ListBatchesCreateAfter`
    #[derive(::serde::Serialize, Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
    #[serde(transparent)]
    #[cfg_attr(feature = "schema", derive(::schemars::JsonSchema))]
    pub struct ListBatchesCreateAfter(::std::string::String);
    impl ::std::ops::Deref for ListBatchesCreateAfter {
        type Target = ::std::string::String;
        fn deref(&self) -> &::std::string::String {
            &self.0
        }
    }
    impl ::std::convert::From<ListBatchesCreateAfter> for ::std::string::String {
        fn from(value: ListBatchesCreateAfter) -> Self {
            value.0
        }
    }
    impl ::std::str::FromStr for ListBatchesCreateAfter {
        type Err = self::error::ConversionError;
        fn from_str(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            static PATTERN: ::std::sync::LazyLock<::regress::Regex> = ::std::sync::LazyLock::new(||
            { ::regress::Regex::new("^[0-9]{14}$").unwrap() });
            if PATTERN.find(value).is_none() {
                return Err("doesn't match pattern \"^[0-9]{14}$\"".into());
            }
            Ok(Self(value.to_string()))
        }
    }
    impl ::std::convert::TryFrom<&str> for ListBatchesCreateAfter {
        type Error = self::error::ConversionError;
        fn try_from(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    impl ::std::convert::TryFrom<::std::string::String> for ListBatchesCreateAfter {
        type Error = self::error::ConversionError;
        fn try_from(
            value: ::std::string::String,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    impl<'de> ::serde::Deserialize<'de> for ListBatchesCreateAfter {
        fn deserialize<D>(deserializer: D) -> ::std::result::Result<Self, D::Error>
        where
            D: ::serde::Deserializer<'de>,
        {
            ::std::string::String::deserialize(deserializer)?
                .parse()
                .map_err(|e: self::error::ConversionError| {
                    <D::Error as ::serde::de::Error>::custom(e.to_string())
                })
        }
    }
    ///`ListBatchesCreateBefore`
    #[derive(::serde::Serialize, Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
    #[serde(transparent)]
    #[cfg_attr(feature = "schema", derive(::schemars::JsonSchema))]
    pub struct ListBatchesCreateBefore(::std::string::String);
    impl ::std::ops::Deref for ListBatchesCreateBefore {
        type Target = ::std::string::String;
        fn deref(&self) -> &::std::string::String {
            &self.0
        }
    }
    impl ::std::convert::From<ListBatchesCreateBefore> for ::std::string::String {
        fn from(value: ListBatchesCreateBefore) -> Self {
            value.0
        }
    }
    impl ::std::str::FromStr for ListBatchesCreateBefore {
        type Err = self::error::ConversionError;
        fn from_str(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            static PATTERN: ::std::sync::LazyLock<::regress::Regex> = ::std::sync::LazyLock::new(||
            { ::regress::Regex::new("^[0-9]{14}$").unwrap() });
            if PATTERN.find(value).is_none() {
                return Err("doesn't match pattern \"^[0-9]{14}$\"".into());
            }
            Ok(Self(value.to_string()))
        }
    }
    impl ::std::convert::TryFrom<&str> for ListBatchesCreateBefore {
        type Error = self::error::ConversionError;
        fn try_from(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    impl ::std::convert::TryFrom<::std::string::String> for ListBatchesCreateBefore {
        type Error = self::error::ConversionError;
        fn try_from(
            value: ::std::string::String,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    impl<'de> ::serde::Deserialize<'de> for ListBatchesCreateBefore {
        fn deserialize<D>(deserializer: D) -> ::std::result::Result<Self, D::Error>
        where
            D: ::serde::Deserializer<'de>,
        {
            ::std::string::String::deserialize(deserializer)?
                .parse()
                .map_err(|e: self::error::ConversionError| {
                    <D::Error as ::serde::de::Error>::custom(e.to_string())
                })
        }
    }
    ///An error in the shape of the service's own API.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[cfg_attr(feature = "schema", derive(::schemars::JsonSchema))]
    #[derive(Default)]
    #[non_exhaustive]
    pub struct NativeError {
        ///Short name of the error, such as `InvalidApiKey`.
        pub code: ::std::string::String,
        ///The error in words.
        pub message: ::std::string::String,
        ///Id of this request; the same as in the header `x-request-id`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub request_id: ::std::option::Option<::std::string::String>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    /// Error types.
    pub mod error {
        /// Error from a `TryFrom` or `FromStr` implementation.
        pub struct ConversionError(::std::borrow::Cow<'static, str>);
        impl ::std::error::Error for ConversionError {}
        impl ::std::fmt::Display for ConversionError {
            fn fmt(
                &self,
                f: &mut ::std::fmt::Formatter<'_>,
            ) -> Result<(), ::std::fmt::Error> {
                ::std::fmt::Display::fmt(&self.0, f)
            }
        }
        impl ::std::fmt::Debug for ConversionError {
            fn fmt(
                &self,
                f: &mut ::std::fmt::Formatter<'_>,
            ) -> Result<(), ::std::fmt::Error> {
                ::std::fmt::Debug::fmt(&self.0, f)
            }
        }
        impl From<&'static str> for ConversionError {
            fn from(value: &'static str) -> Self {
                Self(value.into())
            }
        }
        impl From<String> for ConversionError {
            fn from(value: String) -> Self {
                Self(value.into())
            }
        }
    }
    /**Where a batch is in its life: `validating`, `in_progress`, `finalizing`, `completed`;
`failed` comes out of validation, `expired` out of the completion window, `cancelled` out
of `cancelling`. A response may hold a value that is not listed here.
*/
    #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
    #[non_exhaustive]
    pub enum BatchStatus {
        ///`validating`
        Validating,
        ///`in_progress`
        InProgress,
        ///`finalizing`
        Finalizing,
        ///`completed`
        Completed,
        ///`failed`
        Failed,
        ///`expired`
        Expired,
        ///`cancelling`
        Cancelling,
        ///`cancelled`
        Cancelled,
        /// A value that the contract does not list, as it was received; empty, and shown as
        /// `unknown`, where none could be read.
        Unknown(crate::wire::UnknownValue),
    }
    impl BatchStatus {
        /// Every value that the contract lists, in its order.
        pub const KNOWN: &'static [Self] = &[
            Self::Validating,
            Self::InProgress,
            Self::Finalizing,
            Self::Completed,
            Self::Failed,
            Self::Expired,
            Self::Cancelling,
            Self::Cancelled,
        ];
        /// The value as it is sent and received.
        pub fn as_str(&self) -> &str {
            match self {
                Self::Validating => "validating",
                Self::InProgress => "in_progress",
                Self::Finalizing => "finalizing",
                Self::Completed => "completed",
                Self::Failed => "failed",
                Self::Expired => "expired",
                Self::Cancelling => "cancelling",
                Self::Cancelled => "cancelled",
                Self::Unknown(value) => value.as_str(),
            }
        }
        /// Whether the contract lists this value.
        pub fn is_known(&self) -> bool {
            !matches!(self, Self::Unknown(_))
        }
    }
    impl ::std::convert::From<&str> for BatchStatus {
        fn from(value: &str) -> Self {
            match value {
                "validating" => Self::Validating,
                "in_progress" => Self::InProgress,
                "finalizing" => Self::Finalizing,
                "completed" => Self::Completed,
                "failed" => Self::Failed,
                "expired" => Self::Expired,
                "cancelling" => Self::Cancelling,
                "cancelled" => Self::Cancelled,
                other => Self::Unknown(crate::wire::UnknownValue::new(other)),
            }
        }
    }
    impl ::std::default::Default for BatchStatus {
        /// The value that stands in where none could be read: empty, shown as `unknown`.
        fn default() -> Self {
            Self::Unknown(crate::wire::UnknownValue::new(""))
        }
    }
    impl ::std::convert::From<::std::string::String> for BatchStatus {
        fn from(value: ::std::string::String) -> Self {
            Self::from(value.as_str())
        }
    }
    impl ::std::str::FromStr for BatchStatus {
        type Err = ::std::convert::Infallible;
        fn from_str(value: &str) -> ::std::result::Result<Self, Self::Err> {
            Ok(Self::from(value))
        }
    }
    impl ::std::fmt::Display for BatchStatus {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            match self.as_str() {
                "" => f.pad("unknown"),
                value => f.pad(value),
            }
        }
    }
    impl ::serde::Serialize for BatchStatus {
        fn serialize<S: ::serde::Serializer>(
            &self,
            serializer: S,
        ) -> ::std::result::Result<S::Ok, S::Error> {
            serializer.serialize_str(self.as_str())
        }
    }
    impl<'de> ::serde::Deserialize<'de> for BatchStatus {
        fn deserialize<D: ::serde::Deserializer<'de>>(
            deserializer: D,
        ) -> ::std::result::Result<Self, D::Error> {
            crate::wire::from_text(deserializer, |text| Self::from(text))
        }
    }
    #[cfg(feature = "schema")]
    impl ::schemars::JsonSchema for BatchStatus {
        fn schema_name() -> ::std::borrow::Cow<'static, str> {
            "BatchStatus".into()
        }
        fn json_schema(_: &mut ::schemars::SchemaGenerator) -> ::schemars::Schema {
            ::schemars::json_schema!(
                { "description" :
                "Where a batch is in its life: `validating`, `in_progress`, `finalizing`, `completed`;\n`failed` comes out of validation, `expired` out of the completion window, `cancelled` out\nof `cancelling`. A response may hold a value that is not listed here.\n",
                "type" : "string", "enum" : ["validating", "in_progress", "finalizing",
                "completed", "failed", "expired", "cancelling", "cancelled"],
                "x-open-enum" : true }
            )
        }
    }
    /**The input of a batch: a file id, an OSS URL, which may be presigned and then holds a
secret in its query, or an identifier `oss:region:bucket/path`.
*/
    pub use crate::wire::SecretUrl as InputFileId;
}
#[derive(Clone, Debug)]
/**Client for Qwen Cloud batches

Listing the batch jobs of Qwen Cloud (Alibaba Cloud Model Studio, DashScope), in its
OpenAI-compatible mode, fetching one of them, and its results. Calls that change anything are
not described here.


Version: 1.1.0*/
pub struct Client {
    pub(crate) baseurl: String,
    pub(crate) client: reqwest::Client,
    pub(crate) inner: crate::Inner,
}
impl Client {
    /// Construct a new client with an existing `reqwest::Client`,
    /// allowing more control over its configuration.
    ///
    /// `baseurl` is the base URL provided to the internal
    /// `reqwest::Client`, and should include a scheme and hostname,
    /// as well as port and a path stem if applicable.
    pub fn new_with_client(
        baseurl: &str,
        client: reqwest::Client,
        inner: crate::Inner,
    ) -> Self {
        Self {
            baseurl: baseurl.to_string(),
            client,
            inner,
        }
    }
}
impl ClientInfo<crate::Inner> for Client {
    fn api_version() -> &'static str {
        "1.1.0"
    }
    fn baseurl(&self) -> &str {
        self.baseurl.as_str()
    }
    fn client(&self) -> &reqwest::Client {
        &self.client
    }
    fn inner(&self) -> &crate::Inner {
        &self.inner
    }
}
const _: () = {
    #[allow(dead_code)]
    fn assert_client_hooks()
    where
        Client: ClientHooks<crate::Inner>,
    {}
};
impl Client {
    /**List batches

Lists the batch jobs of the account, newest first by creation. Only batches of the last
30 days are listed. All filters combine with AND. The service allows 100 list calls a
minute for the whole main account, all keys and users together.


Sends a `GET` request to `/batches`

Arguments:
- `after`: Cursor: the id of the last batch of the previous page. The page starts behind it.

- `create_after`: Lists only batches created after this wall-clock time, `yyyyMMddHHmmss`, read in
UTC+8 whatever the caller's zone (recorded in Beijing, inferred for Singapore).
Whether the second itself is included is not known.

- `create_before`: Lists only batches created before this wall-clock time, `yyyyMMddHHmmss`, read in
UTC+8 whatever the caller's zone (recorded in Beijing, inferred for Singapore).
Whether the second itself is included is not known.

- `ds_name`: Lists only batches whose `metadata.ds_name` contains this text, as one contiguous
piece. Text outside ASCII is percent-encoded UTF-8.

- `input_file_ids`: Lists only batches made from one of these inputs: file ids, OSS URLs or `oss:`
identifiers, separated by commas. An id that does not exist is no error; it matches
nothing.

- `limit`: Number of batches to a page.
- `status`: Lists only batches in one of these statuses, separated by commas.
```ignore
let response = client.list_batches()
    .after(after)
    .create_after(create_after)
    .create_before(create_before)
    .ds_name(ds_name)
    .input_file_ids(input_file_ids)
    .limit(limit)
    .status(status)
    .send()
    .await;
```*/
    pub fn list_batches(&self) -> builder::ListBatches<'_> {
        builder::ListBatches::new(self)
    }
    /**Get a batch

Gets one batch, the same object as in a list. Only batches of the last 30 days are known.
The service allows 1000 of these calls a minute for the whole main account.


Sends a `GET` request to `/batches/{batch_id}`

Arguments:
- `batch_id`: Id of the batch.
```ignore
let response = client.retrieve_batch()
    .batch_id(batch_id)
    .send()
    .await;
```*/
    pub fn retrieve_batch(&self) -> builder::RetrieveBatch<'_> {
        builder::RetrieveBatch::new(self)
    }
    /**Get the content of a file

Gets the content of a file of results, a batch's `output_file_id` or `error_file_id`. The
input of a batch cannot be read back. The files stay until they are deleted. No rate limit
is documented for this call.


Sends a `GET` request to `/files/{file_id}/content`

Arguments:
- `file_id`: Id of the file.
```ignore
let response = client.retrieve_file_content()
    .file_id(file_id)
    .send()
    .await;
```*/
    pub fn retrieve_file_content(&self) -> builder::RetrieveFileContent<'_> {
        builder::RetrieveFileContent::new(self)
    }
}
/// Types for composing operation parameters.
#[allow(clippy::all)]
pub mod builder {
    use super::types;
    #[allow(unused_imports)]
    use super::{
        encode_path, ByteStream, ClientInfo, ClientHooks, Error, OperationInfo,
        RequestBuilderExt, ResponseValue,
    };
    /**Builder for [`Client::list_batches`]

[`Client::list_batches`]: super::Client::list_batches*/
    #[derive(Debug, Clone)]
    pub struct ListBatches<'a> {
        client: &'a super::Client,
        after: Result<Option<::std::string::String>, String>,
        create_after: Result<Option<types::ListBatchesCreateAfter>, String>,
        create_before: Result<Option<types::ListBatchesCreateBefore>, String>,
        ds_name: Result<Option<::std::string::String>, String>,
        input_file_ids: Result<
            Option<crate::wire::CommaSeparated<crate::types::InputFileId>>,
            String,
        >,
        limit: Result<Option<::std::num::NonZeroU32>, String>,
        status: Result<
            Option<crate::wire::CommaSeparated<crate::types::BatchStatus>>,
            String,
        >,
    }
    impl<'a> ListBatches<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                after: Ok(None),
                create_after: Ok(None),
                create_before: Ok(None),
                ds_name: Ok(None),
                input_file_ids: Ok(None),
                limit: Ok(None),
                status: Ok(None),
            }
        }
        pub fn after<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<::std::string::String>,
        {
            self.after = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `:: std :: string :: String` for after failed"
                        .to_string()
                });
            self
        }
        pub fn create_after<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<types::ListBatchesCreateAfter>,
        {
            self.create_after = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `ListBatchesCreateAfter` for create_after failed"
                        .to_string()
                });
            self
        }
        pub fn create_before<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<types::ListBatchesCreateBefore>,
        {
            self.create_before = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `ListBatchesCreateBefore` for create_before failed"
                        .to_string()
                });
            self
        }
        pub fn ds_name<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<::std::string::String>,
        {
            self.ds_name = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `:: std :: string :: String` for ds_name failed"
                        .to_string()
                });
            self
        }
        pub fn input_file_ids<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<
                crate::wire::CommaSeparated<crate::types::InputFileId>,
            >,
        {
            self.input_file_ids = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `crate :: wire :: CommaSeparated < crate :: types :: InputFileId >` for input_file_ids failed"
                        .to_string()
                });
            self
        }
        pub fn limit<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<::std::num::NonZeroU32>,
        {
            self.limit = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `:: std :: num :: NonZeroU32` for limit failed"
                        .to_string()
                });
            self
        }
        pub fn status<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<
                crate::wire::CommaSeparated<crate::types::BatchStatus>,
            >,
        {
            self.status = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `crate :: wire :: CommaSeparated < crate :: types :: BatchStatus >` for status failed"
                        .to_string()
                });
            self
        }
        ///Sends a `GET` request to `/batches`
        pub async fn send(self) -> Result<ResponseValue<types::BatchPage>, Error<()>> {
            let Self {
                client,
                after,
                create_after,
                create_before,
                ds_name,
                input_file_ids,
                limit,
                status,
            } = self;
            let after = after.map_err(Error::InvalidRequest)?;
            let create_after = create_after.map_err(Error::InvalidRequest)?;
            let create_before = create_before.map_err(Error::InvalidRequest)?;
            let ds_name = ds_name.map_err(Error::InvalidRequest)?;
            let input_file_ids = input_file_ids.map_err(Error::InvalidRequest)?;
            let limit = limit.map_err(Error::InvalidRequest)?;
            let status = status.map_err(Error::InvalidRequest)?;
            let url = format!("{}/batches", client.baseurl,);
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            #[allow(unused_mut)]
            let mut request = client
                .client
                .get(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .query(&progenitor_client::QueryParam::new("after", &after))
                .query(
                    &progenitor_client::QueryParam::new("create_after", &create_after),
                )
                .query(
                    &progenitor_client::QueryParam::new("create_before", &create_before),
                )
                .query(&progenitor_client::QueryParam::new("ds_name", &ds_name))
                .query(
                    &progenitor_client::QueryParam::new(
                        "input_file_ids",
                        &input_file_ids,
                    ),
                )
                .query(&progenitor_client::QueryParam::new("limit", &limit))
                .query(&progenitor_client::QueryParam::new("status", &status))
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "list_batches",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                200u16 => crate::wire::decode(response).await,
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::retrieve_batch`]

[`Client::retrieve_batch`]: super::Client::retrieve_batch*/
    #[derive(Debug, Clone)]
    pub struct RetrieveBatch<'a> {
        client: &'a super::Client,
        batch_id: Result<::std::string::String, String>,
    }
    impl<'a> RetrieveBatch<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                batch_id: Err("batch_id was not initialized".to_string()),
            }
        }
        pub fn batch_id<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<::std::string::String>,
        {
            self.batch_id = value
                .try_into()
                .map_err(|_| {
                    "conversion to `:: std :: string :: String` for batch_id failed"
                        .to_string()
                });
            self
        }
        ///Sends a `GET` request to `/batches/{batch_id}`
        pub async fn send(self) -> Result<ResponseValue<types::Batch>, Error<()>> {
            let Self { client, batch_id } = self;
            let batch_id = batch_id.map_err(Error::InvalidRequest)?;
            let url = format!(
                "{}/batches/{}", client.baseurl, crate ::wire::path_segment(& batch_id
                .to_string()).map_err(Error::InvalidRequest) ?,
            );
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            #[allow(unused_mut)]
            let mut request = client
                .client
                .get(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "retrieve_batch",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                200u16 => crate::wire::decode(response).await,
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::retrieve_file_content`]

[`Client::retrieve_file_content`]: super::Client::retrieve_file_content*/
    #[derive(Debug, Clone)]
    pub struct RetrieveFileContent<'a> {
        client: &'a super::Client,
        file_id: Result<::std::string::String, String>,
    }
    impl<'a> RetrieveFileContent<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                file_id: Err("file_id was not initialized".to_string()),
            }
        }
        pub fn file_id<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<::std::string::String>,
        {
            self.file_id = value
                .try_into()
                .map_err(|_| {
                    "conversion to `:: std :: string :: String` for file_id failed"
                        .to_string()
                });
            self
        }
        ///Sends a `GET` request to `/files/{file_id}/content`
        pub async fn send(self) -> Result<ResponseValue<ByteStream>, Error<()>> {
            let Self { client, file_id } = self;
            let file_id = file_id.map_err(Error::InvalidRequest)?;
            let url = format!(
                "{}/files/{}/content", client.baseurl, crate ::wire::path_segment(&
                file_id.to_string()).map_err(Error::InvalidRequest) ?,
            );
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            #[allow(unused_mut)]
            let mut request = client.client.get(url).headers(header_map).build()?;
            let info = OperationInfo {
                operation_id: "retrieve_file_content",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                200u16 => Ok(ResponseValue::stream(response)),
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
}
/// Items consumers will typically use such as the Client.
pub mod prelude {
    pub use self::super::Client;
}
/// Limits that the contract states and that no generated type enforces.
pub mod limits {
    ///Least value: parameter `limit` of `list_batches`.
    pub const LIST_BATCHES_LIMIT_MIN: i64 = 1;
    ///Greatest value: parameter `limit` of `list_batches`.
    pub const LIST_BATCHES_LIMIT_MAX: i64 = 100;
    ///Value where none is sent: parameter `limit` of `list_batches`.
    pub const LIST_BATCHES_LIMIT_DEFAULT: i64 = 20;
    ///Greatest number of items: parameter `input_file_ids` of `list_batches`.
    pub const LIST_BATCHES_INPUT_FILE_IDS_MAX_ITEMS: i64 = 20;
    ///Least value: `line` of [`BatchError`](super::types::BatchError).
    pub const BATCH_ERROR_LINE_MIN: i64 = 1;
    ///Least value: `total` of [`BatchRequestCounts`](super::types::BatchRequestCounts).
    pub const BATCH_REQUEST_COUNTS_TOTAL_MIN: i64 = 0;
    ///Least value: `completed` of [`BatchRequestCounts`](super::types::BatchRequestCounts).
    pub const BATCH_REQUEST_COUNTS_COMPLETED_MIN: i64 = 0;
    ///Least value: `failed` of [`BatchRequestCounts`](super::types::BatchRequestCounts).
    pub const BATCH_REQUEST_COUNTS_FAILED_MIN: i64 = 0;
    ///Greatest number of characters: `ds_name` of [`BatchMetadata`](super::types::BatchMetadata).
    pub const BATCH_METADATA_DS_NAME_MAX_LENGTH: i64 = 100;
    ///Greatest number of characters: `ds_description` of [`BatchMetadata`](super::types::BatchMetadata).
    pub const BATCH_METADATA_DS_DESCRIPTION_MAX_LENGTH: i64 = 200;
}
/// Names of the properties that are secret as a whole.
pub const SECRET_PROPERTIES: &[&str] = &["ds_batch_finish_callback"];
/// What the objects of a successful response hold, as the contract says.
pub mod shapes {
    use crate::wire::{Kind, Member, Shape};
    ///[`BatchPage`](super::types::BatchPage).
    pub static BATCH_PAGE: Shape = Shape {
        members: &[
            Member::required("object", Kind::String),
            Member::required("data", Kind::Array(&Kind::Object(&BATCH))).nullable(),
            Member::required("first_id", Kind::String).nullable(),
            Member::required("last_id", Kind::String).nullable(),
            Member::required("has_more", Kind::Boolean),
        ],
    };
    ///[`Batch`](super::types::Batch).
    pub static BATCH: Shape = Shape {
        members: &[
            Member::required("id", Kind::String).identity(),
            Member::required("object", Kind::String),
            Member::required("endpoint", Kind::String),
            Member::required("errors", Kind::Object(&BATCH_ERRORS)).nullable(),
            Member::required("input_file_id", Kind::String),
            Member::required("completion_window", Kind::String),
            Member::required("status", Kind::String),
            Member::required("output_file_id", Kind::String).nullable(),
            Member::required("error_file_id", Kind::String).nullable(),
            Member::required("created_at", Kind::Integer).identity(),
            Member::required("in_progress_at", Kind::Integer).nullable(),
            Member::required("expires_at", Kind::Integer).nullable(),
            Member::required("finalizing_at", Kind::Integer).nullable(),
            Member::required("completed_at", Kind::Integer).nullable(),
            Member::required("failed_at", Kind::Integer).nullable(),
            Member::required("expired_at", Kind::Integer).nullable(),
            Member::required("cancelled_at", Kind::Integer).nullable(),
            Member::required("cancelling_at", Kind::Integer).nullable(),
            Member::required("request_counts", Kind::Object(&BATCH_REQUEST_COUNTS)),
            Member::required("metadata", Kind::Object(&BATCH_METADATA)).nullable(),
        ],
    };
    ///[`BatchErrors`](super::types::BatchErrors).
    pub static BATCH_ERRORS: Shape = Shape {
        members: &[
            Member::required("object", Kind::String),
            Member::required("data", Kind::Array(&Kind::Object(&BATCH_ERROR))),
        ],
    };
    ///[`BatchError`](super::types::BatchError).
    pub static BATCH_ERROR: Shape = Shape {
        members: &[
            Member::required("code", Kind::String).nullable(),
            Member::required("message", Kind::String).nullable(),
            Member::required("param", Kind::String).nullable(),
            Member::required("line", Kind::Integer).nullable(),
        ],
    };
    ///[`BatchRequestCounts`](super::types::BatchRequestCounts).
    pub static BATCH_REQUEST_COUNTS: Shape = Shape {
        members: &[
            Member::required("total", Kind::Integer),
            Member::required("completed", Kind::Integer),
            Member::required("failed", Kind::Integer),
        ],
    };
    ///[`BatchMetadata`](super::types::BatchMetadata).
    pub static BATCH_METADATA: Shape = Shape {
        members: &[
            Member::optional("ds_name", Kind::String),
            Member::optional("ds_description", Kind::String),
            Member::optional("ds_batch_finish_callback", Kind::String),
        ],
    };
}
