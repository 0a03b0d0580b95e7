//! The story that `demo` tells: `examples/story.sh`, a script of real command lines in chapters, read here into words. Who runs them is
//! [`super`]; what a line means only the program's own parser knows.

use crate::ui::Lang;

/// The script, which is part of the program.
pub(super) const SCRIPT: &str = include_str!("../../../examples/story.sh");

/// Some days of the office under one heading.
#[derive(Debug)]
pub(super) struct Chapter {
    zh: &'static str,
    en: &'static str,
    /// Its commands, in order.
    pub(super) lines: Vec<Line>,
}

impl Chapter {
    /// The heading.
    pub(super) fn title(&self, lang: Lang) -> &'static str {
        match lang {
            Lang::Zh => self.zh,
            Lang::En => self.en,
        }
    }
}

/// One command line.
#[derive(Debug)]
pub(super) struct Line {
    /// Where it stands in the script.
    pub(super) number: usize,
    /// As one types it.
    pub(super) text: &'static str,
    /// Its words, `rencai` first.
    pub(super) words: Vec<String>,
    /// The exit code that the script says, 0 where it says none.
    pub(super) exit: i32,
}

/// Reads the script: `## 中文 | English` begins a chapter, `rencai …` is a command, `# exit N` behind one says how it ends; other lines are
/// for readers. `$USER` is `user`.
pub(super) fn read(script: &'static str, user: &str) -> Vec<Chapter> {
    let mut chapters: Vec<Chapter> = Vec::new();
    for (at, line) in script.lines().enumerate() {
        if let Some((zh, en)) = line.strip_prefix("## ").and_then(|heading| heading.split_once(" | ")) {
            chapters.push(Chapter { zh, en, lines: Vec::new() });
        } else if line.starts_with("rencai ")
            && let Some(chapter) = chapters.last_mut()
        {
            let (text, exit) = match line.split_once(" # exit ") {
                Some((text, code)) => (text, code.trim().parse().unwrap_or(0)),
                None => (line, 0),
            };
            chapter.lines.push(Line { number: at + 1, text, words: words(text, user), exit });
        }
    }
    chapters
}

/// The words of a line as a shell takes them: apart by blanks, kept together by double quotes.
fn words(line: &str, user: &str) -> Vec<String> {
    let (mut words, mut word, mut quoted) = (Vec::new(), String::new(), false);
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            ' ' if !quoted => words.push(std::mem::take(&mut word)),
            _ => word.push(c),
        }
    }
    words.push(word);
    words.iter().filter(|w| !w.is_empty()).map(|w| w.replace("$USER", user)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_is_read_in_chapters_and_words() {
        let script = "# for readers\n\n## 一 | One\n# more\nrencai actor add 甲 --os-user \"$USER\"\nrencai case open  --note \"a b\" # exit 3\n## 二 | Two\n";
        let chapters = read(script, "zhao");
        let titles: Vec<_> = chapters.iter().map(|c| (c.title(Lang::Zh), c.title(Lang::En))).collect();
        assert_eq!(titles, [("一", "One"), ("二", "Two")]);
        let lines = &chapters[0].lines;
        assert_eq!(lines[0].words, ["rencai", "actor", "add", "甲", "--os-user", "zhao"]);
        assert_eq!((lines[1].number, lines[1].exit, lines[1].text), (6, 3, "rencai case open  --note \"a b\""));
        assert_eq!(lines[1].words, ["rencai", "case", "open", "--note", "a b"]);
    }

    /// What a shell would read otherwise than [`words`] does not stand in the script, so that it can be typed as well as told.
    #[test]
    fn a_shell_reads_the_script_as_it_is_read_here() {
        for line in SCRIPT.lines().filter(|l| l.starts_with("rencai ")) {
            let command = line.split(" # ").next().unwrap().replace("\"$USER\"", "");
            assert!(!command.contains(['\'', '\\', '$', '`', '*', '?', '<', '>', '&', ';', '(', ')', '|', '~', '#']), "{line}");
            assert_eq!(command.matches('"').count() % 2, 0, "{line}");
            assert!(
                line.split_once(" # ").is_none_or(|(_, end)| end.strip_prefix("exit ").is_some_and(|n| n.parse::<i32>().is_ok())),
                "{line}"
            );
        }
    }

    /// A reader of either language is told what comes: every chapter in both, every remark within one too.
    #[test]
    fn the_script_speaks_both_languages() {
        let body = SCRIPT.split_once("\n## ").unwrap().1;
        for remark in body.lines().filter(|l| l.starts_with('#')) {
            let (zh, en) = remark.trim_start_matches(['#', ' ']).split_once(" | ").unwrap_or_else(|| panic!("{remark}"));
            assert!(zh.chars().any(|c| c > '\u{4e00}') && en.is_ascii(), "{remark}");
        }
    }
}
