//! One typography for each language. French: a no-break space before `: ; ! ?` and within « », and the apostrophe ’.
//! Kreyòl: nothing before `: ; ! ?`, a no-break space within « », no apostrophe. English: straight marks.
//!
//! Must never: look at what is to be typed as it stands (`# total:`, `--reason "…"`).

use super::{Language, catalogue};

const NO_BREAK: char = '\u{a0}';

/// What stands in sentences and is no sentence's own: lines to be typed, characters that are named.
const TO_TYPE: [&str; 7] = ["# total:", "# rows:", "# period:", "# pay on:", "reason:", "{ $key }:", ". _ : / -"];

/// What is wrong with a line of a catalogue; empty where nothing is.
fn faults(language: Language, line: &str) -> Vec<String> {
    let mut text = line.split_once(" = ").map_or(line, |(_, text)| text).to_string();
    for typed in TO_TYPE {
        text = text.replace(typed, "…");
    }
    let letters: Vec<char> = text.chars().collect();
    let mut faults = Vec::new();
    let at = |place: usize| letters.get(place).copied().unwrap_or(' ');
    for (place, letter) in letters.iter().enumerate() {
        let before = if place == 0 { NO_BREAK } else { at(place - 1) };
        let behind = at(place + 1);
        // `12:30`, `référence;téléphone`, `$count ->` are no punctuation.
        let is_mark = matches!(letter, '!' | '?') || matches!(letter, ':' | ';') && behind == ' ';
        let wrong = match (language, letter) {
            (Language::English, '’' | '«' | '»') => true,
            (Language::English, _) => is_mark && before == ' ',
            (_, '\'' | '\u{202f}') => true,
            (Language::Kreyol, '’') => true,
            (_, '«') => behind != NO_BREAK,
            (_, '»') => before != NO_BREAK,
            (Language::French, _) => is_mark && before != NO_BREAK,
            (Language::Kreyol, _) => is_mark && matches!(before, ' ' | NO_BREAK) && place > 0,
        };
        if wrong {
            faults.push(format!("{language}: {letter:?} in {line}"));
        }
    }
    faults
}

#[test]
fn every_sentence_is_set_as_its_language_sets_it() {
    let mut wrong = Vec::new();
    for language in Language::ALL {
        for (_, text) in catalogue::files(language) {
            // Lines of a table are aligned by spaces.
            let lines = text.lines().filter(|line| !line.starts_with('#') && !line.starts_with("heading-"));
            wrong.extend(lines.flat_map(|line| faults(language, line)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_judge_sees_what_it_judges() {
    let count = |language, line| faults(language, line).len();
    for line in ["a = Voici : cela", "a = Voici: cela", "a = l'an", "a = « oui »", "a = Quoi ?", "a = cela ; ceci"] {
        assert!(count(Language::French, line) > 0, "{line}");
    }
    assert_eq!(count(Language::French, "a = L’an\u{a0}: «\u{a0}oui\u{a0}», # total: 5 et 12:30"), 0);
    assert!(count(Language::Kreyol, "a = Men sa : wi") > 0 && count(Language::Kreyol, "a = Men sa: wi") == 0);
    assert!(count(Language::English, "a = person’s") > 0 && count(Language::English, "a = person's: yes") == 0);
}
