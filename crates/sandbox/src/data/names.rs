//! What batches are called, in English and in Chinese.

use fastrand::Rng;
use serde_json::{Value, json};

/// Names with commas, quotes and other characters that a query has to encode are
/// meant to be here.
const SUBJECTS: [&str; 24] = [
    "nightly eval",
    "nightly embeddings",
    "product descriptions",
    "support-ticket triage",
    "review sentiment",
    "contract clauses",
    "news digest",
    "Q&A pairs",
    "A/B prompts",
    "translation en>zh",
    "100% sample",
    "reviews, second pass",
    "café menus",
    "夜间评测",
    "商品标题翻译",
    "客服对话摘要",
    "用户评论情感分析",
    "法律问答标注",
    "新闻分类",
    "知识库向量化",
    "简历信息抽取",
    "教材习题生成",
    "Qwen3 夜间评测",
    "多语言翻译（英→中）",
];

const ENGLISH: [&str; 5] = [
    "first run after the prompt was rewritten",
    "re-run of the lines that failed",
    "weekly job, owned by the search team",
    "pilot on a small sample",
    "requested by QA",
];

const CHINESE: [&str; 4] = [
    "每周例行任务",
    "失败请求重跑",
    "新版提示词的首次运行",
    "小样本试运行",
];

pub(super) fn metadata(rng: &mut Rng) -> Value {
    match rng.u32(0..100) {
        0..5 => Value::Null,
        5..12 => json!({}),
        12..14 => json!({ "team": "search" }),
        14..44 => json!({ "ds_name": name(rng) }),
        44..88 => json!({ "ds_name": name(rng), "ds_description": description(rng) }),
        _ => json!({
            "ds_name": name(rng),
            "ds_description": description(rng),
            "ds_batch_finish_callback": callback(rng),
        }),
    }
}

fn name(rng: &mut Rng) -> String {
    let subject = SUBJECTS[rng.usize(..SUBJECTS.len())];
    let chinese = subject.chars().any(|c| c >= '\u{4e00}');
    match rng.u32(0..3) {
        0 => subject.to_owned(),
        1 => format!("{subject} v{}", rng.u32(1..=9)),
        _ if chinese => format!("{subject}-第{}批", rng.u32(1..=40)),
        _ => format!("{subject} #{}", rng.u32(1..=40)),
    }
}

fn description(rng: &mut Rng) -> &'static str {
    if rng.bool() {
        ENGLISH[rng.usize(..ENGLISH.len())]
    } else {
        CHINESE[rng.usize(..CHINESE.len())]
    }
}

fn callback(rng: &mut Rng) -> String {
    format!(
        "https://hooks.example.com/batches?token=sandbox-{:016x}",
        rng.u64(..)
    )
}
