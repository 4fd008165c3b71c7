//! The catalogue's files, read once, and a saying put into words.
//!
//! Must never: fail. A sentence that is missing in a language is told in English, and one that is
//! missing there by its key; tests see to it that neither happens.

use super::Language;
use super::saying::{Saying, Value};
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use std::sync::LazyLock;

/// A language's files: the topic's name, and what is in it.
pub(super) type Files = &'static [(&'static str, &'static str)];

macro_rules! files {
    ($language:literal, $($topic:literal),* $(,)?) => {
        &[$(($topic, include_str!(concat!($language, "/", $topic, ".ftl")))),*]
    };
}

/// Every topic, in each language. A room of work has a topic of its own.
macro_rules! topics {
    ($($topic:literal),* $(,)?) => {
        const ENGLISH: Files = files!("en", $($topic),*);
        const FRENCH: Files = files!("fr", $($topic),*);
        const KREYOL: Files = files!("ht", $($topic),*);
    };
}

topics!("guards", "intake", "notify", "orders", "payroll", "reconcile", "report", "said", "status", "told", "workbook");

pub(super) fn files(language: Language) -> Files {
    match language {
        Language::English => ENGLISH,
        Language::French => FRENCH,
        Language::Kreyol => KREYOL,
    }
}

static BUNDLES: LazyLock<[FluentBundle<FluentResource>; 3]> = LazyLock::new(|| Language::ALL.map(bundle));

pub(super) fn bundle(language: Language) -> FluentBundle<FluentResource> {
    let locale = language.code().parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![locale]);
    // The marks that keep right-to-left text apart would stand in people's files.
    bundle.set_use_isolating(false);
    for (_, text) in files(language) {
        let (Ok(resource) | Err((resource, _))) = FluentResource::try_new(text.to_string());
        bundle.add_resource_overriding(resource);
    }
    bundle
}

fn bundle_of(language: Language) -> &'static FluentBundle<FluentResource> {
    let [english, french, kreyol] = &*BUNDLES;
    match language {
        Language::English => english,
        Language::French => french,
        Language::Kreyol => kreyol,
    }
}

pub(super) fn text(saying: &Saying, language: Language) -> String {
    [language, Language::English]
        .into_iter()
        .find_map(|language| try_text(saying, language))
        .unwrap_or_else(|| saying.key().to_string())
}

fn try_text(saying: &Saying, language: Language) -> Option<String> {
    let bundle = bundle_of(language);
    let pattern = bundle.get_message(saying.key())?.value()?;
    let mut arguments = FluentArgs::with_capacity(saying.values().len());
    for (name, value) in saying.values() {
        let value = match value {
            Value::Text(text) => FluentValue::from(text.as_str()),
            Value::Count(count) => FluentValue::from(*count),
            Value::Saying(part) => FluentValue::from(text(part, language)),
        };
        arguments.set(*name, value);
    }
    Some(bundle.format_pattern(pattern, Some(&arguments), &mut Vec::new()).into_owned())
}
